import { type App, TerraformOutput, type TerraformStack } from 'cdktf';
import { ModuleStack } from '../module-stack.ts';
import { propsFromVariables } from '../parts/inputs.ts';
import { ABSENT, exported } from '../parts/optional.ts';
import { declareVariables } from '../parts/variables.ts';
import { BUNDLE_NAMES, type BundleFiles } from './code.ts';
import { Bot } from './index.ts';
import { BOT_INPUTS } from './inputs.ts';
import { BOT_OUTPUTS, type Output } from './outputs.ts';

const inModule = (file: string) => `\${path.module}/${file}`;

const BUNDLES: BundleFiles = {
  ingress: inModule(BUNDLE_NAMES.ingress),
  worker: inModule(BUNDLE_NAMES.worker),
  single: inModule(BUNDLE_NAMES.single),
};

/** The construct as a Terraform module: each input a variable. */
export function botModule(app: App): ModuleStack {
  const stack = new ModuleStack(app, 'bot');
  declareVariables(stack, BOT_INPUTS);
  const bot = new Bot(stack, 'Default', { ...propsFromVariables(BOT_INPUTS), bundles: BUNDLES });
  addBotOutputs(stack, bot);
  return stack;
}

/** The bot's values as outputs of a stack. */
export function addBotOutputs(stack: TerraformStack, bot: Bot): void {
  for (const [name, { description, value, isOf }] of Object.entries<Output>(BOT_OUTPUTS)) {
    const output = value(bot);
    // What is known not to be there is left out: `cdktf deploy` crashes on an output that is null.
    if (output === ABSENT || isOf?.(bot) === false) continue;
    new TerraformOutput(stack, name, { staticId: true, description, value: exported(stack, output) });
  }
}
