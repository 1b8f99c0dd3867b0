/** The part of a CycloneDX document that npm writes and that is read here. */
export interface Sbom {
  readonly components: readonly Component[];
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn?: readonly string[] }[];
  readonly [field: string]: unknown;
}

interface Component {
  readonly 'bom-ref': string;
  readonly properties?: readonly { readonly name: string; readonly value: string }[] | undefined;
  readonly [field: string]: unknown;
}

/** Folders (`node_modules/fflate`) of the packages whose code esbuild put into the bundles. */
export function bundledPackages(metafiles: readonly { readonly inputs: object }[]): Set<string> {
  const files = metafiles.flatMap(({ inputs }) => Object.keys(inputs));
  return new Set(files.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []));
}

/** npm lists what is installed; what is shipped is what was bundled. */
export function onlyPackages(sbom: Sbom, folders: ReadonlySet<string>): Sbom {
  const folderOf = ({ properties }: Component): string =>
    properties?.find(({ name }) => name === 'cdx:npm:package:path')?.value ?? '';
  const components = sbom.components
    .filter((component) => folders.has(folderOf(component)))
    // npm marks all of them as development packages, because the bundles carry them.
    .map((component) => ({
      ...component,
      scope: 'required',
      properties: component.properties?.filter(({ name }) => name !== 'cdx:npm:package:development'),
    }));
  if (components.length < folders.size) {
    throw new Error(`The SBOM knows ${components.length} of ${folders.size} bundled packages.`);
  }
  const shipped = new Set(components.map((component) => component['bom-ref']));
  const dependencies = sbom.dependencies
    .filter(({ ref }) => shipped.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => shipped.has(other)) }));
  return { ...sbom, components, dependencies };
}
