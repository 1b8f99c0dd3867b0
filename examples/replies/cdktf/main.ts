import path from 'node:path';
import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { Replies } from 'hookline/modules';

const app = new App();
const stack = new TerraformStack(app, 'replies');
// Credentials come from the environment.
new AwsProvider(stack, 'aws', { region: 'eu-north-1' });

const replies = new Replies(stack, 'replies', {
  environmentName: 'dev',
  package: { path: path.resolve('dist/bundles/replies.zip') },
  heartbeatIntervalMs: 30_000,
});

new TerraformOutput(stack, 'webhook_url', { value: replies.webhookUrl });
app.synth();
