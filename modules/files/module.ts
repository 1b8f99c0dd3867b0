import type { App } from 'cdktf';
import { ModuleStack } from '../module-stack.ts';
import { zipsInModule } from '../parts/bundles.ts';
import { propsFromVariables } from '../parts/inputs.ts';
import { addOutputs } from '../parts/outputs.ts';
import { declareVariables } from '../parts/variables.ts';
import { FILES_ZIPS } from './code.ts';
import { Files } from './index.ts';
import { FILES_INPUTS } from './inputs.ts';
import { FILES_OUTPUTS } from './outputs.ts';

/** The construct as a Terraform module: each input a variable. */
export function filesModule(app: App): ModuleStack {
  const stack = new ModuleStack(app, 'files');
  declareVariables(stack, FILES_INPUTS);
  const bundles = zipsInModule({ ...FILES_ZIPS });
  const files = new Files(stack, 'Default', { ...propsFromVariables(FILES_INPUTS), bundles });
  addOutputs(stack, FILES_OUTPUTS, files);
  return stack;
}
