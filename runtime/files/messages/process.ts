/** Texts about checking values, catalogs and packages. */
export const PROCESS_MESSAGES = {
  REQUIRED_MISSING: {
    es: 'El campo «{field}» es obligatorio y está vacío. Escribe un valor.',
    en: 'The field "{field}" is required and is empty. Give it a value.',
  },
  TYPE_INTEGER: {
    es: 'El valor de «{field}» no es un número entero. Usa solo dígitos, por ejemplo 15.',
    en: 'The value of "{field}" is no whole number. Use digits only, as in 15.',
  },
  TYPE_DECIMAL: {
    es: 'El valor de «{field}» no es un número. Usa dígitos y «{decimal}» como separador decimal, por ejemplo {example}.',
    en: 'The value of "{field}" is no number. Use digits and "{decimal}" as the decimal separator, as in {example}.',
  },
  TYPE_DATE: {
    es: 'El valor de «{field}» no es una fecha válida. Se espera {expected}; comprueba también que el día exista.',
    en: 'The value of "{field}" is no valid date. {expected} is expected; check as well that there is such a day.',
  },
  TYPE_BOOLEAN: {
    es: 'El valor de «{field}» no es sí ni no. Usa sí/no, verdadero/falso, true/false o 1/0.',
    en: 'The value of "{field}" is neither yes nor no. Use yes/no, true/false or 1/0.',
  },
  OPTION_INVALID: {
    es: 'El valor de «{field}» no es uno de los permitidos: {expected}.',
    en: 'The value of "{field}" is none of those allowed: {expected}.',
  },
  VALUE_TOO_SMALL: {
    es: 'El valor de «{field}» es menor que {expected}, el mínimo permitido.',
    en: 'The value of "{field}" is less than {expected}, the least allowed.',
  },
  VALUE_TOO_LARGE: {
    es: 'El valor de «{field}» es mayor que {expected}, el máximo permitido.',
    en: 'The value of "{field}" is greater than {expected}, the greatest allowed.',
  },
  TEXT_TOO_SHORT: {
    es: 'El valor de «{field}» tiene menos de {expected} caracteres.',
    en: 'The value of "{field}" has fewer than {expected} characters.',
  },
  TEXT_TOO_LONG: {
    es: 'El valor de «{field}» tiene más de {expected} caracteres. Acórtalo.',
    en: 'The value of "{field}" has more than {expected} characters. Shorten it.',
  },
  PATTERN_MISMATCH: {
    es: 'El valor de «{field}» no tiene la forma esperada: {expected}.',
    en: 'The value of "{field}" has not the form expected: {expected}.',
  },
  SCALE_EXCEEDED: {
    es: 'El valor de «{field}» tiene más de {expected} decimales. Redondéalo.',
    en: 'The value of "{field}" has more than {expected} decimals. Round it.',
  },
  UNIQUE_DUPLICATE: {
    es: 'El valor de «{field}» está repetido: aparece por primera vez en la línea {first}. Debe ser único.',
    en: 'The value of "{field}" is repeated: it stands first in line {first}. It must be unique.',
  },
  UNIQUE_TOGETHER: {
    es: 'La combinación de «{field}» está repetida: aparece por primera vez en la línea {first}. Debe ser única.',
    en: 'The combination of "{field}" is repeated: it stands first in line {first}. It must be unique.',
  },
  RULE_FAILED: {
    es: 'No se cumple la regla «{rule}».',
    en: 'The rule "{rule}" does not hold.',
  },
  RULE_ROWS_FAILED: {
    es: '{description} ({failed} filas no cumplen la regla; las primeras, en las líneas {lines}).',
    en: '{description} ({failed} rows fail the rule; the first in lines {lines}).',
  },
  FILE_MISSING: {
    es: 'Falta el archivo «{filename}». Inclúyelo en la entrega con ese nombre.',
    en: 'The file "{filename}" is missing. Put it into the delivery under that name.',
  },
  FILE_BEGUN: {
    es: 'Se procesa «{filename}» con el catálogo «{catalog}».',
    en: 'Processing "{filename}" with the catalog "{catalog}".',
  },
  FILE_DONE: {
    es: '«{filename}»: {records} registros, {errors} errores, {warnings} advertencias.',
    en: '"{filename}": {records} records, {errors} errors, {warnings} warnings.',
  },
  RUN_DONE: {
    es: 'Proceso terminado: {verdict}. {records} registros, {errors} errores, {warnings} advertencias, {messages} mensajes.',
    en: 'Run ended: {verdict}. {records} records, {errors} errors, {warnings} warnings, {messages} messages.',
  },
  FAILURES_LIMIT: {
    es: 'La lista completa de fallos se cortó en su límite de un millón de líneas o 64 MB. Los totales son exactos.',
    en: 'The full list of failures was cut at its limit of a million lines or 64 MB. The totals are exact.',
  },
  INPUTS_MISSING: {
    es: 'No hay ningún archivo de datos que procesar. Añade la entrega.',
    en: 'There is no data file to process: put the delivery into the folder `in` of the execution, or name it in `inputs`.',
  },
  KEY_SPACE_FULL: {
    es: 'No queda espacio temporal para comprobar valores únicos. Avisa al administrador.',
    en: 'No temporary space is left for checking unique values: give the run a larger temporary folder.',
  },
} as const;
