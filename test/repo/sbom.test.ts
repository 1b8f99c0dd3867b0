import { expect, test } from 'vitest';
import { bundledPackages, onlyPackages, type Sbom } from '../../scripts/sbom.ts';

const component = (name: string, path: string) => ({
  'bom-ref': name,
  scope: 'optional',
  properties: [
    { name: 'cdx:npm:package:path', value: path },
    { name: 'cdx:npm:package:development', value: 'true' },
  ],
});

const sbom: Sbom = {
  bomFormat: 'CycloneDX',
  components: [
    component('sqs', 'node_modules/@aws-sdk/client-sqs'),
    component('core', 'node_modules/@aws-sdk/client-sqs/node_modules/core'),
    component('vitest', 'node_modules/vitest'),
  ],
  dependencies: [{ ref: 'sqs', dependsOn: ['core', 'vitest'] }, { ref: 'vitest' }],
};

test('packages are read from the files that esbuild bundled', () => {
  const inputs = {
    'runtime/bot/handler.ts': {},
    'node_modules/@aws-sdk/client-sqs/dist-es/index.js': {},
    'node_modules/@aws-sdk/client-sqs/node_modules/core/index.js': {},
  };
  expect([...bundledPackages([{ inputs }])]).toEqual([
    'node_modules/@aws-sdk/client-sqs',
    'node_modules/@aws-sdk/client-sqs/node_modules/core',
  ]);
});

test('the SBOM lists what is shipped, and nothing else', () => {
  const shipped = ['node_modules/@aws-sdk/client-sqs', 'node_modules/@aws-sdk/client-sqs/node_modules/core'];
  const { components, dependencies } = onlyPackages(sbom, new Set(shipped));
  expect(components.map((each) => each['bom-ref'])).toEqual(['sqs', 'core']);
  expect(JSON.stringify(components)).not.toContain('development');
  expect(dependencies).toEqual([{ ref: 'sqs', dependsOn: ['core'] }]);
});

test('a bundled package that the SBOM does not know is an error', () => {
  expect(() => onlyPackages(sbom, new Set(['node_modules/unknown']))).toThrow(
    'knows 0 of 1 bundled packages',
  );
});
