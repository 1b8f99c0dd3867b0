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
  const fromRoot = files
    .filter((file) => file.includes('node_modules/'))
    .map((file) => file.slice(file.indexOf('node_modules/')));
  return new Set(
    fromRoot.flatMap((file) => /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+/.exec(file)?.[0] ?? []),
  );
}

/** npm lists what is installed; what is shipped is what was bundled: `refs`, each `name@version`. */
export function onlyPackages(sbom: Sbom, refs: ReadonlySet<string>): Sbom {
  const components = sbom.components
    .filter((component) => refs.has(component['bom-ref']))
    // npm marks all of them as development packages, because the bundles carry them.
    .map((component) => ({
      ...component,
      properties: component.properties?.filter(({ name }) => name !== 'cdx:npm:package:development'),
    }));
  if (components.length < refs.size) {
    throw new Error(`The SBOM knows ${components.length} of ${refs.size} bundled packages.`);
  }
  const dependencies = sbom.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn = [] }) => ({ ref, dependsOn: dependsOn.filter((other) => refs.has(other)) }));
  return { ...sbom, components, dependencies };
}
