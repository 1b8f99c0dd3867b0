/** Runs `load`; a package that is not installed is named, with all that the command needs. */
export async function needing<T>(packages: readonly string[], load: () => Promise<T>): Promise<T> {
  try {
    return await load();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const command = `npm install --save-dev ${packages.join(' ')}`;
    throw new Error(`This command needs packages that are not installed. Run: ${command}`, { cause: error });
  }
}
