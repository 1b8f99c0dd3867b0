import { Files, type FilesProps } from '../../modules/files/index.ts';
import { filesModule } from '../../modules/files/module.ts';
import { ReadableStack } from '../../modules/module-stack.ts';
import { type Synthesised, synthIn } from './synth.ts';

export const FILES_ZIPS = { processor: 'processor.zip', detector: 'detector.zip' };

/** The construct with plain props, as Terraform's JSON. */
export function synthFiles(props: FilesProps = {}): Synthesised {
  const synthesised = synthIn<Pick<Synthesised, 'resource' | 'data'>>((app) => {
    const stack = new ReadableStack(app, 'files');
    new Files(stack, 'Default', { bundles: FILES_ZIPS, ...props });
    return stack;
  });
  return { locals: {}, variable: {}, output: {}, ...synthesised };
}

/** The construct with variables, as it is published. */
export const synthFilesModule = (): Synthesised => synthIn(filesModule);
