import type { Locale } from '../messages.ts';
import type { Severity } from '../spec/types.ts';
import type { CompareSign } from './syntax.ts';
import type { AggregateFunction, DatePart, PatternMode, Rounding, TextFunction, TextTest } from './tree.ts';

/** The words that `explain-rule` says a rule in. */
export interface ExplainWords {
  readonly language: string;
  readonly reads: string;
  readonly message: string;
  readonly once: string;
  eachRow(catalog: string): string;
  eachFilled(catalog: string, field: string): string;
  among(filter: string): string;
  readonly emptyPasses: string;
  readonly emptyFails: string;
  readonly emptyIsFalse: string;
  failsEach(severity: Severity): string;
  failsOnce(severity: Severity): string;
  mostly(percent: number): string;
  readonly compare: Readonly<Record<CompareSign, string>>;
  readonly exactly: string;
  readonly and: string;
  readonly or: string;
  readonly xor: string;
  not(of: string): string;
  choose(test: string, then: string, otherwise: string): string;
  readonly isEmpty: string;
  readonly isNotEmpty: string;
  coalesce(of: string): string;
  readonly isAmong: string;
  readonly isNotAmong: string;
  of(name: string, of: string): string;
  member(target: string): string;
  notMember(target: string): string;
  readonly repeatedLater: string;
  readonly repeatedAny: string;
  readonly pattern: Readonly<Record<PatternMode, string>>;
  readonly textTest: Readonly<Record<TextTest, string>>;
  readonly text: Readonly<Record<TextFunction, string>>;
  readonly rounding: Readonly<Record<Rounding, string>>;
  readonly part: Readonly<Record<DatePart, string>>;
  readonly aggregate: Readonly<Record<AggregateFunction, string>>;
  by(groups: string): string;
  where(filter: string): string;
  readonly length: string;
  readonly least: string;
  readonly greatest: string;
  readonly number: string;
  readonly asText: string;
  readonly asBoolean: string;
  readonly date: string;
  days(from: string, to: string): string;
  readonly rowNumber: string;
  readonly true: string;
  readonly false: string;
  readonly nothing: string;
  readonly today: string;
}

const SEVERITY_ES: Readonly<Record<Severity, string>> = {
  error: 'un error',
  warning: 'una advertencia',
  message: 'un mensaje, que no cambia el resultado',
};
const SEVERITY_EN: Readonly<Record<Severity, string>> = {
  error: 'an error',
  warning: 'a warning',
  message: 'a message, which does not change the result',
};

const ES: ExplainWords = {
  language: 'Lenguaje',
  reads: 'Lee',
  message: 'Mensaje',
  once: 'Una vez',
  eachRow: (catalog) => `En cada fila de ${catalog}`,
  eachFilled: (catalog, field) => `En cada fila de ${catalog} con ${field} relleno`,
  among: (filter) => ` donde ${filter}`,
  emptyPasses: 'Lo que no se puede saber por celdas vacías se da por bueno.',
  emptyFails: 'Lo que no se puede saber por celdas vacías no cumple.',
  emptyIsFalse: 'Comparar con una celda vacía es falso, salvo con «distinto».',
  failsEach: (severity) => `Cada fila que no cumple es ${SEVERITY_ES[severity]}.`,
  failsOnce: (severity) => `Si no se cumple, es ${SEVERITY_ES[severity]}.`,
  mostly: (percent) => `Basta con que cumpla el ${percent} % de las filas.`,
  compare: {
    '==': 'es igual a',
    '!=': 'es distinto de',
    '<': 'es menor que',
    '<=': 'es como máximo',
    '>': 'es mayor que',
    '>=': 'es como mínimo',
  },
  exactly: 'exactamente',
  and: 'y',
  or: 'o',
  xor: 'o bien (solo uno)',
  not: (of) => `no se cumple que ${of}`,
  choose: (test, then, otherwise) => `si ${test}, ${then}; si no, ${otherwise}`,
  isEmpty: 'está vacío',
  isNotEmpty: 'no está vacío',
  coalesce: (of) => `el primero no vacío de ${of}`,
  isAmong: 'es uno de',
  isNotAmong: 'no es ninguno de',
  of: (name, of) => `${name} de ${of}`,
  member: (target) => `está en ${target}`,
  notMember: (target) => `no está en ${target}`,
  repeatedLater: 'ya apareció en una fila anterior',
  repeatedAny: 'aparece en más de una fila',
  pattern: { start: 'empieza según el patrón', search: 'contiene el patrón', full: 'es entero del patrón' },
  textTest: { startsWith: 'empieza por', endsWith: 'termina en', includes: 'contiene' },
  text: {
    lower: 'las minúsculas',
    upper: 'las mayúsculas',
    trim: 'el texto sin espacios alrededor',
    replace: 'el texto reemplazado',
    substr: 'una parte',
  },
  rounding: {
    abs: 'el valor absoluto',
    floor: 'el entero inferior',
    ceil: 'el entero superior',
    round: 'el redondeo',
    roundEven: 'el redondeo (mitad al par)',
  },
  part: { year: 'el año', month: 'el mes', day: 'el día', weekday: 'el día de la semana (1 es lunes)' },
  aggregate: {
    rows: 'el número de filas',
    count: 'el número de valores',
    countIf: 'el número de filas que cumplen',
    sum: 'la suma',
    avg: 'el promedio',
    min: 'el mínimo',
    max: 'el máximo',
    stddev: 'la desviación estándar',
    median: 'la mediana',
    distinct: 'el número de valores distintos',
    unique: 'la ausencia de repetidos',
    uniqueWithNulls: 'la ausencia de repetidos, vacíos incluidos,',
    all: 'que todas las filas cumplan',
    any: 'que alguna fila cumpla',
  },
  by: (groups) => ` por cada ${groups}`,
  where: (filter) => ` donde ${filter}`,
  length: 'la longitud',
  least: 'el menor',
  greatest: 'el mayor',
  number: 'el número',
  asText: 'el texto',
  asBoolean: 'la verdad',
  date: 'la fecha',
  days: (from, to) => `los días de ${from} a ${to}`,
  rowNumber: 'el número de la fila',
  true: 'verdadero',
  false: 'falso',
  nothing: 'nada',
  today: 'hoy',
};

const EN: ExplainWords = {
  language: 'Language',
  reads: 'Reads',
  message: 'Message',
  once: 'Once',
  eachRow: (catalog) => `In each row of ${catalog}`,
  eachFilled: (catalog, field) => `In each row of ${catalog} with ${field} filled`,
  among: (filter) => ` where ${filter}`,
  emptyPasses: 'What cannot be known because of empty cells passes.',
  emptyFails: 'What cannot be known because of empty cells fails.',
  emptyIsFalse: 'A comparison with an empty cell is false, except “is not”.',
  failsEach: (severity) => `Each row that does not hold is ${SEVERITY_EN[severity]}.`,
  failsOnce: (severity) => `If it does not hold, it is ${SEVERITY_EN[severity]}.`,
  mostly: (percent) => `It is enough that ${percent} % of the rows hold.`,
  compare: {
    '==': 'equals',
    '!=': 'is not',
    '<': 'is less than',
    '<=': 'is at most',
    '>': 'is greater than',
    '>=': 'is at least',
  },
  exactly: 'exactly',
  and: 'and',
  or: 'or',
  xor: 'or else (only one)',
  not: (of) => `it is not so that ${of}`,
  choose: (test, then, otherwise) => `if ${test}, ${then}; if not, ${otherwise}`,
  isEmpty: 'is empty',
  isNotEmpty: 'is not empty',
  coalesce: (of) => `the first that is filled of ${of}`,
  isAmong: 'is one of',
  isNotAmong: 'is none of',
  of: (name, of) => `${name} of ${of}`,
  member: (target) => `is in ${target}`,
  notMember: (target) => `is not in ${target}`,
  repeatedLater: 'stood in an earlier row',
  repeatedAny: 'stands in more than one row',
  pattern: { start: 'begins as the pattern', search: 'contains the pattern', full: 'is all of the pattern' },
  textTest: { startsWith: 'begins with', endsWith: 'ends with', includes: 'contains' },
  text: {
    lower: 'the lower case',
    upper: 'the upper case',
    trim: 'the text without blanks around',
    replace: 'the replaced text',
    substr: 'a part',
  },
  rounding: {
    abs: 'the absolute value',
    floor: 'the whole number below',
    ceil: 'the whole number above',
    round: 'the rounding',
    roundEven: 'the rounding (half to even)',
  },
  part: {
    year: 'the year',
    month: 'the month',
    day: 'the day',
    weekday: 'the day of the week (1 is Monday)',
  },
  aggregate: {
    rows: 'the number of rows',
    count: 'the number of values',
    countIf: 'the number of rows that hold',
    sum: 'the sum',
    avg: 'the average',
    min: 'the least',
    max: 'the greatest',
    stddev: 'the standard deviation',
    median: 'the median',
    distinct: 'the number of different values',
    unique: 'the absence of repeats',
    uniqueWithNulls: 'the absence of repeats, empty ones too,',
    all: 'that all rows hold',
    any: 'that some row holds',
  },
  by: (groups) => ` for each ${groups}`,
  where: (filter) => ` where ${filter}`,
  length: 'the length',
  least: 'the least',
  greatest: 'the greatest',
  number: 'the number',
  asText: 'the text',
  asBoolean: 'the truth',
  date: 'the date',
  days: (from, to) => `the days from ${from} to ${to}`,
  rowNumber: 'the number of the row',
  true: 'true',
  false: 'false',
  nothing: 'nothing',
  today: 'today',
};

export const EXPLAIN_WORDS: Readonly<Record<Locale, ExplainWords>> = { es: ES, en: EN };
