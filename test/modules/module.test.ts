import { describe, expect, test } from 'vitest';
import { addresses, SHAPES, synthModule } from './synth.ts';

describe('addresses are part of the interface: when one moves, add a moved block', () => {
  test('of the module', () => {
    expect(addresses(synthModule())).toMatchSnapshot();
  });

  test.each(['drop', 'fifo', 'one function'])('of the app: %s', (shape) => {
    expect(addresses(SHAPES[shape]!())).toMatchSnapshot();
  });

  test('names of inputs and outputs', () => {
    const { variable, output } = synthModule();
    expect(Object.keys(variable)).toMatchSnapshot();
    expect(Object.keys(output)).toMatchSnapshot();
  });
});

describe('the module', () => {
  const module = synthModule();

  test('leaves provider and backend to its user and asks for no more than it needs', () => {
    const { terraform, provider } = module as unknown as { terraform: object; provider?: object };
    expect(provider).toBeUndefined();
    expect(terraform).toEqual({
      required_version: '>= 1.6.0',
      required_providers: { aws: { source: 'hashicorp/aws', version: '>= 5.100.0' } },
    });
    expect(JSON.stringify(module)).not.toContain('"//"');
  });

  test('every input has type, description and default; every output a description', () => {
    for (const [name, variable] of Object.entries(module.variable)) {
      expect(variable.type, name).toMatch(/\w/);
      expect(variable.description, name).toMatch(/.{15,}/);
      expect(Object.hasOwn(variable, 'default'), name).toBe(true);
    }
    for (const [name, { description }] of Object.entries(module.output))
      expect(description, name).toMatch(/\.$/);
  });

  test('its zips lie beside it', () => {
    expect(module.resource.aws_lambda_function?.ingress?.filename).toBe('${path.module}/bot-ingress.zip');
  });
});
