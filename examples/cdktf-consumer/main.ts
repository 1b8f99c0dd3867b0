import { AwsProvider } from '@cdktf/provider-aws/lib/provider';
import { SnsTopic } from '@cdktf/provider-aws/lib/sns-topic';
import { App, TerraformOutput, TerraformStack } from 'cdktf';
import { Bot } from 'hookline/modules';

const app = new App();
const stack = new TerraformStack(app, 'shop');
// Region and credentials come from the environment.
new AwsProvider(stack, 'aws', {});

const topic = new SnsTopic(stack, 'alarms', { name: 'shop-alarms' });
const bot = new Bot(stack, 'bot', {
  name: 'shop',
  botType: 'telegram',
  busyPolicy: 'fifo',
  alarmTopicArn: topic.arn,
});

new TerraformOutput(stack, 'webhook_url', { value: bot.webhookUrl });
app.synth();
