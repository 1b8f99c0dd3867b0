/**
 * The deployable app: reads the settings (`hookline.json`, or the file that HOOKLINE_CONFIG names) and adds one
 * stack for each system in them. `npx cdktf synth` writes the Terraform, `npx cdktf deploy` applies it.
 */
import { App } from 'cdktf';
import { BotStack } from './modules/app-stack.ts';
import { readSettings } from './modules/settings.ts';

const { backend, bot } = readSettings(process.env.HOOKLINE_CONFIG ?? 'hookline.json');
const app = new App();
if (bot) new BotStack(app, backend, bot);
app.synth();
