import { BUNDLE_NAMES } from '../../modules/bot/code.ts';
import { bundleFolder } from '../../modules/parts/bundles.ts';
import type { Progress } from '../progress.ts';
import type { Project } from '../project/project.ts';
import type { World } from '../world.ts';
import type { Packages } from './package.ts';
import { synthesise } from './synth.ts';
import { openTerraform, stackFolder, type Terraform } from './terraform.ts';

/** Terraform on the synthesised stack. */
export const opened = (project: Project, world: World): Promise<Terraform> =>
  openTerraform({
    folder: stackFolder(project.folder),
    environment: world.environment,
    runProgram: world.runProgram,
    signal: world.interruption(),
  });

/** The same, ready to plan. */
export async function initialised(project: Project, world: World, progress: Progress): Promise<Terraform> {
  const terraform = await opened(project, world);
  await progress.step(`Preparing ${terraform.program} ${terraform.version}`, () => terraform.init());
  return terraform;
}

/**
 * The stack as far as its state is concerned: for outputs and for removal the agent need not be built, so a
 * broken one is no obstacle.
 */
export async function openState(project: Project, world: World, progress: Progress): Promise<Terraform> {
  const stock: Packages = {
    agentZip: undefined,
    bundles: world.bundles ?? bundleFolder(BUNDLE_NAMES.ingress),
    zips: [],
  };
  await synthesise(project, stock, stackFolder(project.folder));
  return initialised(project, world, progress);
}
