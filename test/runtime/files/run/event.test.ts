import { expect, test } from 'vitest';
import { countAliases } from '../../../../runtime/files/event/aliases.ts';
import { readEvent } from '../../../../runtime/files/event/event.ts';

const good = { execution_id: 'e1', yaml_config: 'a: 1', input_files: [{ filename: 'data.csv' }] };
const pathsOf = (value: unknown) => readEvent(value).problems?.map(({ path }) => path);

test('files T19: an event without an id, an empty one and 1,001 inputs have problems with JSON paths', () => {
  const { execution_id, ...without } = good;
  expect(pathsOf(without)).toContain('$.execution_id');
  expect(pathsOf({})).toEqual(['$.execution_id', '$.yaml_config', '$.input_files']);
  const files = Array.from({ length: 1_001 }, (_, index) => ({ filename: `${index}.csv` }));
  expect(readEvent({ ...good, input_files: files }).problems).toEqual([
    { path: '$.input_files', message: 'must have at most 1000 inputs' },
  ]);
  expect(readEvent({ ...good, input_files: files.slice(1) }).problems).toBeUndefined();
});

test('a whole event is read; an input without its source is the own one', () => {
  const { event } = readEvent({
    v: 1,
    execution_id: 'e1',
    yaml_ref: { source_execution_id: 'e0', filename: 'cfg/config.yaml' },
    inputs_ref: { filename: 'cfg/inputs.json' },
    attempt: 2,
    options: { package: 'p', locale: 'en', delimiters: { c: ';' }, ...sender },
    invocation: 'sync',
    trace: '00-1',
  });
  expect(event).toEqual({
    executionId: 'e1',
    yaml: { ref: { sourceExecutionId: 'e0', filename: 'cfg/config.yaml' } },
    inputs: { ref: { sourceExecutionId: 'e1', filename: 'cfg/inputs.json' } },
    attempt: 2,
    options: { package: 'p', locale: 'en', delimiters: { c: ';' }, ...sender },
    invocation: 'sync',
    trace: '00-1',
  });
  expect(readEvent(good).event?.inputs).toEqual([{ sourceExecutionId: 'e1', filename: 'data.csv' }]);
});

const sender = { casilla_id: 7, emisor_id: 8, metodo_envio: 'sftp' };

test.each([
  ['not an object', [1], ['$']],
  ['a path as id', { ...good, execution_id: '../x' }, ['$.execution_id']],
  ['a path as input', { ...good, input_files: [{ filename: '../x' }] }, ['$.input_files[0].filename']],
  [
    'a bad source',
    { ...good, input_files: [{ filename: 'x', source_execution_id: 'a/b' }] },
    ['$.input_files[0].source_execution_id'],
  ],
  [
    'two inputs of one name',
    { ...good, input_files: [{ filename: 'x.csv' }, { filename: 'in/x.csv' }] },
    ['$.input_files[1].filename'],
  ],
  ['an input that is a text', { ...good, input_files: ['x.csv'] }, ['$.input_files[0]']],
  ['no inputs', { ...good, input_files: [] }, ['$.input_files']],
  ['YAML twice', { ...good, yaml_ref: { filename: 'c.yaml' } }, ['$.yaml_ref']],
  ['an empty YAML', { ...good, yaml_config: ' ' }, ['$.yaml_config']],
  ['a YAML of more than 1 MiB', { ...good, yaml_config: 'a'.repeat(1_048_577) }, ['$.yaml_config']],
  ['101 aliases', { ...good, yaml_config: `a: &a 1\nb: [${'*a, '.repeat(101)}]` }, ['$.yaml_config']],
  ['an attempt that is no number', { ...good, attempt: 'one' }, ['$.attempt']],
  ['an unknown option', { ...good, options: { speed: 1 } }, ['$.options']],
  ['an unknown locale', { ...good, options: { locale: 'fr' } }, ['$.options.locale']],
  ['a long delimiter', { ...good, options: { delimiters: { c: '||' } } }, ['$.options.delimiters']],
  ['an id that is no number', { ...good, options: { casilla_id: '7' } }, ['$.options.casilla_id']],
  ['an unknown method', { ...good, options: { metodo_envio: 'fax' } }, ['$.options.metodo_envio']],
  ['a newer form', { ...good, v: 2 }, ['$.v']],
  ['an unknown invocation', { ...good, invocation: 'later' }, ['$.invocation']],
])('%s is a problem at its place', (_, value, paths) => {
  expect(pathsOf(value)).toEqual(paths);
});

test('aliases are counted, and texts that only look like them are not', () => {
  expect(countAliases('a: &x 1\nb: *x\nc: [*x, *x]')).toBe(3);
  expect(countAliases('a: "*x"\nb: |\n  *x\n  *y\nc: 2 *x # *z')).toBe(0);
  expect(countAliases(`a: &a 1\nb: [${'*a, '.repeat(100)}]`)).toBe(100);
});
