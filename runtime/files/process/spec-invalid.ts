import { FilesError } from '../errors.ts';

/** The specification cannot be used; `problems` is the whole list, with places. */
export class SpecInvalidError extends FilesError {
  override name = 'SpecInvalidError';
  constructor(readonly problems: readonly object[]) {
    const count = problems.filter(
      (problem) => !('severity' in problem) || problem.severity === 'error',
    ).length;
    super('SPEC_INVALID', 'permanent', { count });
  }
}
