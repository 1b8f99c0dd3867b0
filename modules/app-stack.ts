import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, LocalBackend, S3Backend, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { Bot, type BotProps } from './bot/index.ts';
import { BOT_OUTPUTS } from './bot/outputs.ts';
import { Files, type FilesProps } from './files/index.ts';
import { FILES_OUTPUTS } from './files/outputs.ts';
import { ReadableStack } from './module-stack.ts';
import { addOutputs } from './parts/outputs.ts';
import { Replies, type RepliesProps } from './replies/index.ts';
import { REPLIES_OUTPUTS } from './replies/outputs.ts';
import type { Settings } from './settings.ts';

/**
 * A stack of the deployable app. The provider takes credentials and endpoint from the environment
 * (`AWS_PROFILE`, `AWS_ENDPOINT_URL` …), so a real account and an emulator get the same Terraform; the region
 * too, unless the settings name one.
 */
class AppStack extends ReadableStack {
  constructor(scope: Construct, id: string, { backend, region }: Settings) {
    super(scope, id);
    new AwsProvider(this, 'aws', region === undefined ? {} : { region });
    if (backend.type === 'local') new LocalBackend(this, { path: `${backend.path}/${id}.tfstate` });
    else {
      const { bucket, key, region } = backend;
      new S3Backend(this, { bucket, key: `${key}/${id}.tfstate`, region, encrypt: true });
    }
  }
}

export class BotStack extends AppStack {
  constructor(scope: Construct, settings: Settings, props: BotProps) {
    super(scope, 'bot', settings);
    const bot = new Bot(this, 'Default', props);
    addOutputs(this, BOT_OUTPUTS, bot);
    new TerraformOutput(this, 'ApiUrl', { staticId: true, value: bot.api.url });
    new TerraformOutput(this, 'WebhookUrl', { staticId: true, value: bot.webhookUrl });
  }
}

export class RepliesStack extends AppStack {
  constructor(scope: Construct, settings: Settings, props: RepliesProps) {
    super(scope, 'replies', settings);
    const replies = new Replies(this, 'Default', props);
    addOutputs(this, REPLIES_OUTPUTS, replies);
    new TerraformOutput(this, 'WebhookUrl', { staticId: true, value: replies.webhookUrl });
  }
}

export class FilesStack extends AppStack {
  constructor(scope: Construct, settings: Settings, props: FilesProps) {
    super(scope, 'files', settings);
    const files = new Files(this, 'Default', props);
    addOutputs(this, FILES_OUTPUTS, files);
  }
}

/** The deployable app: one stack for each system in the settings. `outdir` default: as CDKTF says. */
export function makeApp(settings: Settings, outdir?: string): App {
  const app = new App(outdir === undefined ? {} : { outdir });
  if (settings.bot) new BotStack(app, settings, settings.bot);
  if (settings.replies) new RepliesStack(app, settings, settings.replies);
  if (settings.files) new FilesStack(app, settings, settings.files);
  return app;
}
