import type { Command } from 'commander';
import type { World } from '../world.ts';
import { addConvertSpec } from './convert-spec.ts';
import { addDaemon } from './daemon.ts';
import { addDashboard } from './dashboard.ts';
import { addDoctor } from './doctor.ts';
import { addExplainRule } from './explain-rule.ts';
import { addInferSpec } from './infer-spec.ts';
import { addLocks } from './locks.ts';
import { addRedrive } from './redrive.ts';
import { addRun } from './run.ts';
import { addSubmit } from './submit.ts';
import { addValidateSpec } from './validate-spec.ts';

/** `hookline files …`. */
export function addFiles(program: Command, world: World): void {
  const files = program
    .command('files')
    .description('validation of CSV, Excel and ZIP deliveries against a specification')
    .helpCommand(false);
  addRun(files, world);
  addSubmit(files, world);
  addDaemon(files, world);
  addValidateSpec(files, world);
  addInferSpec(files, world);
  addConvertSpec(files, world);
  addExplainRule(files, world);
  addLocks(files, world);
  addRedrive(files, world);
  addDashboard(files, world);
  addDoctor(files, world);
}
