import type { Processor } from './ports.ts';

/** Share of the memory that the checks may use (contract files §6.3). */
const MEMORY_SHARE = 0.6;

/** The processor of contract files §3.5, loaded with the first delivery. `memoryMb` is all that the process has. */
export const fileProcessor =
  (memoryMb: number): Processor =>
  async ({ inputs, ...input }) => {
    const { FileProcessor } = await import('../process/processor.ts');
    const processor = new FileProcessor({
      ...input,
      inputs: inputs.map(({ path }) => path),
      limits: { memoryMb: Math.floor(memoryMb * MEMORY_SHARE) },
    });
    return processor.process();
  };
