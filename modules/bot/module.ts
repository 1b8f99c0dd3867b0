import { type App, TerraformOutput, type TerraformStack } from 'cdktf';
import { ModuleStack } from '../module-stack.ts';
import { propsFromVariables } from '../parts/inputs.ts';
import { exported } from '../parts/optional.ts';
import { declareVariables } from '../parts/variables.ts';
import { BUNDLE_NAMES, type BundleFiles } from './code.ts';
import { Bot } from './index.ts';
import { BOT_INPUTS } from './inputs.ts';
import { BOT_OUTPUTS } from './outputs.ts';

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
  for (const [name, { description, value }] of Object.entries(BOT_OUTPUTS)) {
    new TerraformOutput(stack, `${name}_output`, {
      staticId: true,
      description,
      value: exported(stack, value(bot)),
    }).overrideLogicalId(name);
  }
}
