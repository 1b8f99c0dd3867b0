/**
 * The deployable app: reads the settings (`hookline.json`, or the file that HOOKLINE_CONFIG names) and adds one
 * stack for each system in them. `npx cdktf synth` writes the Terraform, `npx cdktf deploy` applies it.
 */
import { makeApp } from './modules/app-stack.ts';
import { readSettings } from './modules/settings.ts';

makeApp(readSettings(process.env.HOOKLINE_CONFIG ?? 'hookline.json')).synth();
