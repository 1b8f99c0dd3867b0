import { existsSync } from 'node:fs';
import path from 'node:path';
import type { ProjectFlags } from './project.ts';

type Where = Pick<ProjectFlags, 'dir' | 'config'>;

/** The settings file that the flags mean; it need not exist. */
export const settingsFileOf = ({ dir, config }: Where): string =>
  path.resolve(dir, config ?? 'hookline.json');

/** Whether there is anything to open. */
export const hasProject = (where: Where): boolean => existsSync(settingsFileOf(where));
