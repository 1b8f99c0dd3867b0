import { expect, test } from 'vitest';
import { explainRule } from '../../../../runtime/files/rules/explain.ts';
import { catalog, field, packageRule, rule, spec } from './world.ts';

const ventas = catalog('ventas', [
  field('cliente', 'texto'),
  field('cantidad', 'entero'),
  field('precio', 'decimal'),
  field('total', 'decimal'),
  field('alta', 'fecha'),
]);
const document = spec([ventas, catalog('clientes', [field('id', 'texto')])]);
const es = (expression: string, more = {}) => explainRule(rule(expression, more), document, 'es');
const sentence = (expression: string) => es(expression).split('\n')[1];

test('a row rule in both languages of the reader, whole', () => {
  const cantidad = rule('cantidad > 0 and total == round(cantidad * precio, 2)', { mostly: 0.95 });
  expect(explainRule(cantidad, document, 'es')).toBe(
    [
      'regla (regla)',
      'En cada fila de ventas: cantidad es mayor que 0 y total es igual a el redondeo de cantidad * precio, 2.',
      'Lenguaje: sage. Lee: ventas (cantidad, precio, total).',
      'Lo que no se puede saber por celdas vacías se da por bueno.',
      'Cada fila que no cumple es un error. Basta con que cumpla el 95 % de las filas. Mensaje: No cumple',
    ].join('\n'),
  );
  expect(explainRule(cantidad, document, 'en').split('\n').slice(1, 4)).toEqual([
    'In each row of ventas: cantidad is greater than 0 and total equals the rounding of cantidad * precio, 2.',
    'Language: sage. Reads: ventas (cantidad, precio, total).',
    'What cannot be known because of empty cells passes.',
  ]);
});

test.each([
  ["df['cliente'].isnull()", 'En cada fila de ventas: cliente está vacío.'],
  ["~df['cliente'].isin(['A', 'B'])", "En cada fila de ventas: cliente no es ninguno de 'A', 'B'."],
  [
    "df[df['cantidad'] > 1]['total'] > 0",
    'En cada fila de ventas donde cantidad es mayor que 1: total es mayor que 0.',
  ],
  ["df['total'].sum() < 1000", 'Una vez: la suma de total es menor que 1000.'],
  [
    'sum(total by cliente) <= 5 or count() == 0',
    'En cada fila de ventas: la suma de total por cada cliente es como máximo 5 o el número de filas de ventas es igual a 0.',
  ],
  [
    "matches(cliente, 'C.*') and (alta <= today or year(alta) == 2024)",
    'En cada fila de ventas: cliente es entero del patrón «C.*» y (alta es como máximo hoy o el año de alta es igual a 2024).',
  ],
  ['not exists_in(cliente, clientes.id)', 'En cada fila de ventas: cliente no está en clientes.id.'],
  [
    "~df['cliente'].duplicated()",
    'En cada fila de ventas: no se cumple que cliente ya apareció en una fila anterior.',
  ],
  [
    'coalesce(cantidad, 0) in (1, 2)',
    'En cada fila de ventas: el primero no vacío de cantidad, 0 es uno de 1, 2.',
  ],
])('%s', (expression, expected) => {
  expect(sentence(expression)).toBe(expected);
});

test('what empty cells and a failure mean follows the rule', () => {
  expect(es("df['total'] > 0")).toContain('Comparar con una celda vacía es falso');
  expect(es('total > 0', { onNull: 'fail', severity: 'message' })).toContain(
    'Lo que no se puede saber por celdas vacías no cumple.\nCada fila que no cumple es un mensaje, que no cambia el resultado.',
  );
  expect(es('total > 0', { level: 'field', field: 'total' })).toContain(
    'En cada fila de ventas con total relleno:',
  );
  expect(
    explainRule(
      packageRule('exists_in(ventas.cliente, clientes.id)', { severity: 'warning' }),
      document,
      'es',
    ),
  ).toContain(
    'Lee: ventas (cliente); clientes (id).\nLo que no se puede saber por celdas vacías se da por bueno.\nSi no se cumple, es una advertencia.',
  );
});

test('a rule that is refused or has a remark says so, with its place', () => {
  expect(es("df['total'].clip(1) > 0")).toBe(
    'regla (regla)\n1:13 RULE_UNSUPPORTED: La regla «regla» usa algo que no se admite: .clip. Escribe: .between(…, …)',
  );
  expect(es('totales > 0')).toBe(
    'regla (regla)\n1:1 RULE_UNKNOWN_COLUMN: La regla «regla» menciona «totales», que no existe. ¿Querías decir «total»?',
  );
  expect(es("df['total'].astype(float) > 0")).toContain(
    'RULE_CAST_IMPLIED: La regla «regla» convierte a float',
  );
});
