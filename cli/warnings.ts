/** Of Node's SQLite and the AWS SDK: the user can do nothing about them, and `doctor` looks at Node's version. */
const NOISE = /SQLite is an experimental feature|AWS SDK for JavaScript/;

/** Keeps these warnings out of what a command prints. */
export function quietWarnings(of: NodeJS.Process): void {
  const emit = of.emitWarning.bind(of) as (...args: readonly unknown[]) => void;
  of.emitWarning = (warning: string | Error, ...rest: readonly unknown[]): void => {
    if (!NOISE.test(String(warning))) emit(warning, ...rest);
  };
}
