import type { App } from 'cdktf';
import { ModuleStack } from '../module-stack.ts';
import { zipsInModule } from '../parts/bundles.ts';
import { propsFromVariables } from '../parts/inputs.ts';
import { addOutputs } from '../parts/outputs.ts';
import { declareVariables } from '../parts/variables.ts';
import { BUNDLE_NAMES } from './code.ts';
import { Bot } from './index.ts';
import { BOT_INPUTS } from './inputs.ts';
import { BOT_OUTPUTS } from './outputs.ts';

/** The construct as a Terraform module: each input a variable. */
export function botModule(app: App): ModuleStack {
  const stack = new ModuleStack(app, 'bot');
  declareVariables(stack, BOT_INPUTS);
  const bundles = zipsInModule({ ...BUNDLE_NAMES });
  const bot = new Bot(stack, 'Default', { ...propsFromVariables(BOT_INPUTS), bundles });
  addOutputs(stack, BOT_OUTPUTS, bot);
  return stack;
}
