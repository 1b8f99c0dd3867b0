import type { Processor } from './ports.ts';

/** The processor of contract files §3.5, loaded with the first delivery. `memoryMb` is all that the process has; the engine takes its share of it. */
export const fileProcessor =
  (memoryMb: number): Processor =>
  async ({ inputs, ...input }) => {
    const { FileProcessor } = await import('../process/processor.ts');
    const processor = new FileProcessor({
      ...input,
      inputs: inputs.map(({ path }) => path),
      limits: { memoryMb },
    });
    return processor.process();
  };
