import { expect, test } from 'vitest';
import { bundledPackages, onlyPackages, type Sbom } from '../../scripts/sbom.ts';

const component = (ref: string) => ({
  'bom-ref': ref,
  properties: [{ name: 'cdx:npm:package:development', value: 'true' }],
});

const sbom: Sbom = {
  bomFormat: 'CycloneDX',
  components: [component('@aws-sdk/client-sqs@3.1.0'), component('core@2.0.0'), component('vitest@5.1.1')],
  dependencies: [
    { ref: '@aws-sdk/client-sqs@3.1.0', dependsOn: ['core@2.0.0', 'vitest@5.1.1'] },
    { ref: 'vitest@5.1.1' },
  ],
};

test('packages are read from the files that esbuild bundled', () => {
  const inputs = {
    'runtime/bot/handler.ts': {},
    '../node_modules/@aws-sdk/client-sqs/dist-es/index.js': {},
    'node_modules/@aws-sdk/client-sqs/node_modules/core/index.js': {},
  };
  expect([...bundledPackages([{ inputs }])]).toEqual([
    'node_modules/@aws-sdk/client-sqs',
    'node_modules/@aws-sdk/client-sqs/node_modules/core',
  ]);
});

test('the SBOM lists what is shipped, and nothing else', () => {
  const shipped = ['@aws-sdk/client-sqs@3.1.0', 'core@2.0.0'];
  const { components, dependencies } = onlyPackages(sbom, new Set(shipped));
  expect(components.map((each) => each['bom-ref'])).toEqual(shipped);
  expect(JSON.stringify(components)).not.toContain('development');
  expect(dependencies).toEqual([{ ref: '@aws-sdk/client-sqs@3.1.0', dependsOn: ['core@2.0.0'] }]);
});

test('a bundled package that the SBOM does not know is an error', () => {
  expect(() => onlyPackages(sbom, new Set(['unknown@1.0.0']))).toThrow('knows 0 of 1 bundled packages');
});
