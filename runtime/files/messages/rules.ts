/**
 * Texts about the rules of a specification. A value that is itself a code of this list is said in its own words:
 * RULE_HINT_* what to do, RULE_LIMIT_* what has a limit, RULE_KIND_* kinds of values.
 */
export const RULES_MESSAGES = {
  RULE_UNSUPPORTED: {
    es: 'La regla «{rule}» usa algo que no se admite: {text}. {hint}',
    en: 'The rule “{rule}” uses something that is not supported: {text}. {hint}',
  },
  REGEX_UNSUPPORTED: {
    es: 'La regla «{rule}» tiene un patrón que no se admite: {pattern}. Los patrones siguen la sintaxis RE2, sin miradas adelante o atrás ((?=…), (?<=…)) ni referencias (\\1).',
    en: 'The rule “{rule}” has a pattern that is not supported: {pattern}. Patterns follow RE2, without look-around ((?=…), (?<=…)) and back-references (\\1).',
  },
  RULE_CROSS_CATALOG: {
    es: 'La regla «{rule}» compara fila a fila catálogos distintos ({catalogs}). Usa isin, exists_in o un agregado.',
    en: 'The rule “{rule}” compares rows of different catalogs ({catalogs}). Use isin, exists_in or an aggregate.',
  },
  RULE_LIMIT: {
    es: 'La regla «{rule}» supera un límite: {limit}, como máximo {most}. Divídela en reglas más pequeñas.',
    en: 'The rule “{rule}” is over a limit: {limit}, at most {most}. Split it into smaller rules.',
  },
  RULES_TOO_MANY: {
    es: 'La especificación tiene {count} reglas; el máximo es {most}. Quita reglas o divide la especificación.',
    en: 'The specification has {count} rules; at most {most} are allowed. Remove rules or split the specification.',
  },
  RULE_UNKNOWN_COLUMN: {
    es: 'La regla «{rule}» menciona «{name}», que no existe. {hint}',
    en: 'The rule “{rule}” mentions “{name}”, which does not exist. {hint}',
  },
  RULE_NOT_BOOLEAN: {
    es: 'La regla «{rule}» no da verdadero o falso. Termínala con una comparación.',
    en: 'The rule “{rule}” does not give true or false. End it with a comparison.',
  },
  RULE_TYPE_MISMATCH: {
    es: 'La regla «{rule}» mezcla valores que no encajan en «{sign}»: {left} y {right}. Convierte uno de ellos o revisa el tipo del campo.',
    en: 'The rule “{rule}” mixes values that do not fit in “{sign}”: {left} and {right}. Convert one of them or check the type of the field.',
  },
  RULE_RUNTIME: {
    es: 'La regla «{rule}» no se pudo evaluar en la línea {line}: {reason}.',
    en: 'The rule “{rule}” could not be evaluated on line {line}: {reason}.',
  },
  RULE_BUDGET: {
    es: 'La regla «{rule}» tardó más de {seconds} segundos y se detuvo. Hazla más sencilla.',
    en: 'The rule “{rule}” took more than {seconds} seconds and was stopped. Make it simpler.',
  },
  RULE_AMBIGUOUS_AND: {
    es: 'La regla «{rule}» une columnas con «{sign}», que pandas rechaza. Aquí se evalúa fila a fila; entre catálogos, cada lado debe cumplirse en todas sus filas. Escribe & o |, o separa la regla.',
    en: 'The rule “{rule}” joins columns with “{sign}”, which pandas refuses. Here it is evaluated row by row; across catalogs each side must hold for all its rows. Write & or |, or split the rule.',
  },
  RULE_CAST_IMPLIED: {
    es: 'La regla «{rule}» convierte a {cast} un campo que ya es de ese tipo. Puedes quitar la conversión.',
    en: 'The rule “{rule}” converts a field to {cast} that has that type already. You can drop the conversion.',
  },
  RULE_REPEATS_CHECK: {
    es: 'La regla «{rule}» repite lo que el campo ya exige con {check}. Puedes quitarla.',
    en: 'The rule “{rule}” repeats what the field demands with {check} already. You can drop it.',
  },
  RULE_SEVERAL_RELATIONS: {
    es: 'La regla «{rule}» comprueba {count} relaciones a la vez. Separadas, cada una diría qué falta.',
    en: 'The rule “{rule}” checks {count} relations at once. Split up, each would say what is missing.',
  },
  RULE_REASON_NUMBER: {
    es: 'un texto no es un número',
    en: 'a text is not a number',
  },
  RULE_REASON_TEXT: {
    es: 'un texto resultó demasiado largo',
    en: 'a text became too long',
  },
  RULE_REASON_SIZE: {
    es: 'un número resultó demasiado grande',
    en: 'a number became too large',
  },
  RULE_HINT_NONE: { es: '', en: '' },
  RULE_HINT_REPLACE: { es: 'Escribe: {replacement}', en: 'Write: {replacement}' },
  RULE_HINT_NEAREST: { es: '¿Querías decir «{nearest}»?', en: 'Did you mean “{nearest}”?' },
  RULE_HINT_PARENTHESES: {
    es: 'Pon cada comparación entre paréntesis: (a > 0) & (b > 0)',
    en: 'Put each comparison in parentheses: (a > 0) & (b > 0)',
  },
  RULE_HINT_PLAIN_TEXT: {
    es: 'Los textos van entre comillas sin prefijo, o con r.',
    en: 'Texts stand in quotes without a prefix, or with r.',
  },
  RULE_HINT_OPEN_TEXT: {
    es: 'Falta la comilla que cierra el texto.',
    en: 'The quote that ends the text is missing.',
  },
  RULE_HINT_COLUMN_BRACKETS: {
    es: 'Entre corchetes va el nombre de una columna: [Mi columna]. Las listas van entre paréntesis.',
    en: 'Square brackets hold the name of a column: [My column]. Lists stand in parentheses.',
  },
  RULE_HINT_ENDS_EARLY: { es: 'La expresión está incompleta.', en: 'The expression is not complete.' },
  RULE_HINT_LIST: {
    es: 'Hace falta una lista de valores escritos o una columna de un catálogo.',
    en: 'A list of written values or a column of a catalog is needed.',
  },
  RULE_HINT_CHAIN: { es: 'Escribe: x between a and b', en: 'Write: x between a and b' },
  RULE_HINT_ARGUMENTS: {
    es: 'Revisa los argumentos de la función.',
    en: 'Check the arguments of the function.',
  },
  RULE_HINT_AGGREGATE: {
    es: 'Un agregado necesita una columna de un catálogo.',
    en: 'An aggregate needs a column of a catalog.',
  },
  RULE_HINT_PATTERN: {
    es: 'El patrón debe ser un texto escrito en la regla.',
    en: 'The pattern must be a text written in the rule.',
  },
  RULE_HINT_COLUMN: { es: "Hace falta una columna: df['columna']", en: "A column is needed: df['column']" },
  RULE_HINT_MASKS: {
    es: 'Un filtro es una condición sobre filas del mismo catálogo, y las columnas que se combinan llevan el mismo.',
    en: 'A filter is a condition on rows of the same catalog, and columns that are combined have the same one.',
  },
  RULE_HINT_AXIS: { es: 'Escribe: axis=1', en: 'Write: axis=1' },
  RULE_HINT_ROW_NUMBER: {
    es: 'row_number() solo existe en reglas de un catálogo.',
    en: 'row_number() exists only in rules of one catalog.',
  },
  RULE_LIMIT_LENGTH: { es: 'caracteres de la expresión', en: 'characters of the expression' },
  RULE_LIMIT_DEPTH: { es: 'niveles de paréntesis y anidamiento', en: 'levels of nesting' },
  RULE_LIMIT_NODES: { es: 'operaciones y valores', en: 'operations and values' },
  RULE_LIMIT_LIST: { es: 'elementos de una lista', en: 'items of a list' },
  RULE_LIMIT_PATTERN: { es: 'caracteres de un patrón', en: 'characters of a pattern' },
  RULE_KIND_int: { es: 'número entero', en: 'whole number' },
  RULE_KIND_num: { es: 'número decimal', en: 'decimal number' },
  RULE_KIND_text: { es: 'texto', en: 'text' },
  RULE_KIND_date: { es: 'fecha', en: 'date' },
  RULE_KIND_bool: { es: 'verdadero o falso', en: 'true or false' },
  RULE_KIND_null: { es: 'vacío', en: 'nothing' },
} as const;
