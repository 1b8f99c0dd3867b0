import type { App } from 'cdktf';
import { ModuleStack } from '../module-stack.ts';
import { zipsInModule } from '../parts/bundles.ts';
import { propsFromVariables } from '../parts/inputs.ts';
import { addOutputs } from '../parts/outputs.ts';
import { declareVariables } from '../parts/variables.ts';
import { REPLIES_ZIPS } from './code.ts';
import { Replies } from './index.ts';
import { REPLIES_INPUTS } from './inputs.ts';
import { REPLIES_OUTPUTS } from './outputs.ts';

/** The construct as a Terraform module: each input a variable. */
export function repliesModule(app: App): ModuleStack {
  const stack = new ModuleStack(app, 'replies');
  declareVariables(stack, REPLIES_INPUTS);
  const bundles = zipsInModule({ ...REPLIES_ZIPS });
  const replies = new Replies(stack, 'Default', { ...propsFromVariables(REPLIES_INPUTS), bundles });
  addOutputs(stack, REPLIES_OUTPUTS, replies);
  return stack;
}
