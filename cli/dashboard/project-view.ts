import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { asList, asRecord, asText } from '../../runtime/core/json.ts';

/** What lies in a folder: a project with its agent's configuration, or neither (contract bot §15). */
export interface ProjectView {
  readonly project_dir: string;
  readonly project_name: string;
  readonly config_path: string;
  readonly has_config: boolean;
  /** Why the configuration cannot be read. */
  readonly load_error: string | null;
  readonly components: readonly ComponentView[];
}

export interface ComponentView {
  readonly type: string;
  readonly name: string;
}

/** Looks at a folder; one without configuration is no error. */
export async function projectView(folder: string): Promise<ProjectView> {
  const configPath = path.join(folder, 'config.json');
  const view = {
    project_dir: path.resolve(folder),
    project_name: path.basename(path.resolve(folder)),
    config_path: configPath,
  };
  let text: string;
  try {
    text = await readFile(configPath, 'utf8');
  } catch {
    return { ...view, has_config: false, load_error: null, components: [] };
  }
  try {
    const components = asList(asRecord(JSON.parse(text)).components).map((component) => {
      const { type, name } = asRecord(component);
      return { type: asText(type) ?? 'unknown', name: asText(name) ?? '' };
    });
    return { ...view, has_config: true, load_error: null, components };
  } catch {
    return { ...view, has_config: true, load_error: 'config.json is no JSON.', components: [] };
  }
}
