import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { LocalBackend, S3Backend, TerraformOutput } from 'cdktf';
import type { Construct } from 'constructs';
import { Bot, type BotProps } from './bot/index.ts';
import { addBotOutputs } from './bot/module.ts';
import { ReadableStack } from './module-stack.ts';
import type { Backend } from './settings.ts';

/**
 * A stack of the deployable app. The provider takes region, credentials and endpoint from the environment
 * (`AWS_REGION`, `AWS_PROFILE`, `AWS_ENDPOINT_URL` …), so a real account and an emulator get the same Terraform.
 */
class AppStack extends ReadableStack {
  constructor(scope: Construct, id: string, backend: Backend) {
    super(scope, id);
    new AwsProvider(this, 'aws', {});
    if (backend.type === 'local') new LocalBackend(this, { path: `${backend.path}/${id}.tfstate` });
    else {
      const { bucket, key, region } = backend;
      new S3Backend(this, { bucket, key: `${key}/${id}.tfstate`, region, encrypt: true });
    }
  }
}

export class BotStack extends AppStack {
  constructor(scope: Construct, backend: Backend, props: BotProps) {
    super(scope, 'bot', backend);
    const bot = new Bot(this, 'Default', props);
    addBotOutputs(this, bot);
    new TerraformOutput(this, 'ApiUrl', { staticId: true, value: bot.api.url });
    new TerraformOutput(this, 'WebhookUrl', { staticId: true, value: bot.webhookUrl });
  }
}
