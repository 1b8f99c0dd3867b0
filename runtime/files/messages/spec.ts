import { INFER_MESSAGES } from './infer.ts';
import { SELECT_MESSAGES } from './select.ts';
import { SPEC_YAML_MESSAGES } from './spec-yaml.ts';

/** Texts about the specification itself. */
export const SPEC_MESSAGES = {
  ...SPEC_YAML_MESSAGES,
  ...SELECT_MESSAGES,
  ...INFER_MESSAGES,
  SPEC_ERRORS_FOUND: {
    es: 'La especificación no es válida (errores: {count}). Corrígelos y vuelve a enviarla.',
    en: 'The specification is not valid (errors: {count}). Mend them and send it again.',
  },
  SPEC_VALID: {
    es: '{file} es válida (catálogos: {catalogs}, paquetes: {packages}, avisos: {warnings}).',
    en: '{file} is valid (catalogs: {catalogs}, packages: {packages}, warnings: {warnings}).',
  },
  SPEC_WRITTEN: {
    es: 'Especificación escrita en {file}. Revísala y valídala con: hookline files validate-spec {file}',
    en: 'Specification written to {file}. Read it and check it with: hookline files validate-spec {file}',
  },
  SPEC_NO_RULE: {
    es: 'No hay ninguna regla {id}. La más parecida es {nearest}.',
    en: 'There is no rule {id}. The nearest one is {nearest}.',
  },
  WORD_ERROR: { es: 'error', en: 'error' },
  WORD_WARNING: { es: 'aviso', en: 'warning' },
  SPEC_MORE_PROBLEMS: {
    es: 'Hay {more} problemas más. Corrige los anteriores y vuelve a validar para verlos.',
    en: 'There are {more} more problems. Mend the ones above and validate again to see them.',
  },
  SPEC_TOO_LARGE: {
    es: 'La especificación ocupa {bytes} bytes y el máximo es {limit}. Divídela en varias.',
    en: 'The specification has {bytes} bytes and the most is {limit}. Split it into several.',
  },
  SPEC_EMPTY: {
    es: 'La especificación está vacía. Escribe las claves sage_yaml, catalogs y packages.',
    en: 'The specification is empty. Write the keys sage_yaml, catalogs and packages.',
  },
  SPEC_ROOT: {
    es: 'La especificación debe empezar con claves. Escribe sage_yaml, catalogs y packages al margen izquierdo.',
    en: 'The specification must begin with keys. Write sage_yaml, catalogs and packages at the left margin.',
  },
  SPEC_MISSING_KEY: {
    es: 'Falta la clave {key}, que es obligatoria aquí. Añádela.',
    en: 'The key {key} is missing and required here. Add it.',
  },
  SPEC_EMPTY_KEY: {
    es: 'La clave {key} es obligatoria y no tiene valor. Escríbelo después de los dos puntos.',
    en: 'The key {key} is required and has no value. Write one behind the colon.',
  },
  SPEC_UNKNOWN_KEY: {
    es: 'La clave {key} no existe aquí. La más parecida es {nearest}: corrígela o bórrala.',
    en: 'There is no key {key} here. The nearest one is {nearest}: correct or delete it.',
  },
  SPEC_KEY_MISPLACED: {
    es: 'La clave {key} no va aquí, sino dentro de {place}. Muévela.',
    en: 'The key {key} does not belong here but into {place}. Move it.',
  },
  SPEC_KEY_IGNORED: {
    es: 'La clave {key} no se usa aquí: cada catálogo tiene la suya. Bórrala.',
    en: 'The key {key} is not used here: each catalog has its own. Delete it.',
  },
  SPEC_NOT_TEXT: {
    es: '{value} no es un texto. Escríbelo entre comillas.',
    en: '{value} is no text. Put it in quotes.',
  },
  SPEC_EMPTY_TEXT: {
    es: 'El texto está vacío. Escribe uno.',
    en: 'The text is empty. Write one.',
  },
  SPEC_TEXT_TOO_LONG: {
    es: 'El texto tiene más de {limit} caracteres. Acórtalo.',
    en: 'The text has more than {limit} characters. Shorten it.',
  },
  SPEC_TEXT_CONTROL: {
    es: 'El texto contiene un carácter de control. Bórralo.',
    en: 'The text has a control character. Delete it.',
  },
  SPEC_NOT_SCALAR: {
    es: 'Aquí va un solo valor, no una lista ni claves.',
    en: 'A single value goes here, no list and no keys.',
  },
  SPEC_NOT_FLAG: {
    es: '{value} no es un sí o no. Escribe true o false, sin comillas.',
    en: '{value} is no yes or no. Write true or false, without quotes.',
  },
  SPEC_NOT_NUMBER: {
    es: '{value} no es un número de {min} a {max}. Escribe uno, sin comillas.',
    en: '{value} is no number from {min} to {max}. Write one, without quotes.',
  },
  SPEC_NOT_WHOLE: {
    es: '{value} no es un número entero de {min} a {max}. Escribe uno, sin comillas.',
    en: '{value} is no whole number from {min} to {max}. Write one, without quotes.',
  },
  SPEC_NOT_ONE_OF: {
    es: '{value} no es posible aquí. Usa uno de estos: {allowed}. El más parecido es {nearest}.',
    en: '{value} is not possible here. Use one of these: {allowed}. The nearest is {nearest}.',
  },
  SPEC_NOT_LIST: {
    es: 'Aquí va una lista. Escribe cada elemento en una línea que empiece con un guion.',
    en: 'A list goes here. Write each entry on a line that begins with a hyphen.',
  },
  SPEC_NOT_MAP: {
    es: 'Aquí van claves con sus valores. Escríbelas una por línea como clave: valor.',
    en: 'Keys with values go here. Write them one a line as key: value.',
  },
  SPEC_EMPTY_LIST: {
    es: 'Aquí hace falta al menos un elemento. Añádelo.',
    en: 'At least one entry is needed here. Add it.',
  },
  SPEC_DELIMITER: {
    es: '{value} no sirve como separador. Escribe un solo carácter entre comillas, como "|" o "\\t".',
    en: '{value} cannot be the delimiter. Write one character in quotes, such as "|" or "\\t".',
  },
  SPEC_DELIMITER_MISSING: {
    es: 'Un archivo CSV necesita delimiter. Añádelo, por ejemplo delimiter: "|".',
    en: 'A CSV file needs a delimiter. Add it, for instance delimiter: "|".',
  },
  SPEC_CHARACTER: {
    es: '{value} debe ser un solo carácter entre comillas.',
    en: '{value} must be one character in quotes.',
  },
  SPEC_SEPARATOR: {
    es: '{value} no sirve para separar cifras. Escribe un solo carácter, como "." o ",".',
    en: '{value} cannot separate digits. Write one character, such as "." or ",".',
  },
  SPEC_SAME_CHARACTER: {
    es: '{key} y {other} son el mismo carácter. Cambia uno de los dos.',
    en: '{key} and {other} are the same character. Change one of them.',
  },
  SPEC_SHEET: {
    es: '{value} no es una hoja. Escribe su nombre (hasta 31 caracteres) o su número desde 1.',
    en: '{value} is no sheet. Write its name (up to 31 characters) or its number from 1.',
  },
  SPEC_DATE_FORMAT: {
    es: '{value} no es un formato de fecha. Combina yyyy, MM y dd, por ejemplo dd/MM/yyyy.',
    en: '{value} is no date format. Combine yyyy, MM and dd, for instance dd/MM/yyyy.',
  },
  SPEC_FILENAME: {
    es: '{value} no es un nombre de archivo solo. Escribe el nombre sin carpetas, como clientes.csv.',
    en: '{value} is no bare file name. Write the name without folders, such as clientes.csv.',
  },
  SPEC_ID: {
    es: 'El identificador {id} no sirve como nombre de archivo. Usa letras, cifras y guiones bajos.',
    en: 'The id {id} cannot name a file. Use letters, digits and underscores.',
  },
  SPEC_DUPLICATE_FIELD: {
    es: 'Ya hay un campo que se llama {name}. Cambia uno, por ejemplo a {free}.',
    en: 'There is a field called {name} already. Rename one, for instance to {free}.',
  },
  SPEC_UNKNOWN_FIELD: {
    es: 'El catálogo no tiene el campo {name}. El más parecido es {nearest}.',
    en: 'The catalog has no field {name}. The nearest one is {nearest}.',
  },
  SPEC_CHECK_TYPE: {
    es: '{key} no se aplica a un campo {type}, solo a {types}. Quítalo o cambia el tipo.',
    en: '{key} does not apply to a {type} field, only to {types}. Remove it or change the type.',
  },
  SPEC_SELECT_OPTIONS: {
    es: 'Un campo select necesita options. Añade la lista de valores posibles.',
    en: 'A select field needs options. Add the list of possible values.',
  },
  SPEC_VALUE_TYPE: {
    es: '{value} no es un valor {type}. Escribe números con punto decimal, fechas como 2024-12-31 y booleanos como true o false.',
    en: '{value} is no {type} value. Write numbers with a decimal point, dates as 2024-12-31 and booleans as true or false.',
  },
  SPEC_DEFAULT_OPTION: {
    es: 'El valor por defecto {value} no está en options. Añádelo o cambia default.',
    en: 'The default {value} is not among the options. Add it or change default.',
  },
  SPEC_MIN_MAX: {
    es: '{max} es menor que {min}, así que nada puede cumplirlo. Intercámbialos.',
    en: '{max} is less than {min}, so nothing can fit. Swap them.',
  },
  SPEC_PATTERN: {
    es: 'El patrón no se puede usar ({detail}). Se aceptan patrones RE2, sin (?=, (?! ni \\\\1.',
    en: 'The pattern cannot be used ({detail}). RE2 patterns are accepted, without (?=, (?! or \\\\1.',
  },
  SPEC_UNKNOWN_CATALOG: {
    es: 'No hay un catálogo {id}. El más parecido es {nearest}: corrige el nombre o añade el catálogo.',
    en: 'There is no catalog {id}. The nearest one is {nearest}: correct the name or add the catalog.',
  },
  SPEC_CATALOG_TWICE: {
    es: 'El catálogo {id} ya está en este paquete. Bórralo aquí.',
    en: 'The catalog {id} is in this package already. Delete it here.',
  },
  SPEC_FILENAME_TWICE: {
    es: 'Los catálogos {id} y {other} esperan el mismo archivo {file}. Dales nombres distintos.',
    en: 'The catalogs {id} and {other} expect the same file {file}. Give them different names.',
  },
  SPEC_PACKAGE_ZIP: {
    es: 'Un paquete {type} no puede tener {count} catálogos. Cambia su tipo a ZIP o deja uno solo.',
    en: 'A {type} package cannot have {count} catalogs. Change its type to ZIP or leave only one.',
  },
  SPEC_PACKAGE_TYPE: {
    es: 'El catálogo {id} es {catalog_type} y el paquete es {type}. Pon el mismo tipo en los dos.',
    en: 'The catalog {id} is {catalog_type} and the package is {type}. Give both the same type.',
  },
  SPEC_RULE_ID_TWICE: {
    es: 'Ya hay una regla con el id {id}. Cambia uno de los dos.',
    en: 'There is a rule with the id {id} already. Change one of them.',
  },
  SPEC_ID_UNSAFE: {
    es: 'El identificador {id} tiene caracteres poco comunes. Conviene usar letras sin acento, cifras y guiones bajos.',
    en: 'The id {id} has unusual characters. Plain letters, digits and underscores are better.',
  },
  SPEC_NAME_LONG: {
    es: 'El nombre {name} tiene más de {limit} caracteres. Conviene uno más corto.',
    en: 'The name {name} has more than {limit} characters. A shorter one is better.',
  },
  SPEC_NAME_UNSAFE: {
    es: 'El nombre {name} no sirve tal cual como columna. Conviene usar solo letras, cifras y guiones bajos.',
    en: 'The name {name} is no column name as it is. Letters, digits and underscores alone are better.',
  },
  SPEC_NAME_ALIKE: {
    es: 'Los campos {name} y {alike} solo se distinguen por mayúsculas. Conviene llamar a uno {free}.',
    en: 'The fields {name} and {alike} differ in case alone. It is better to call one {free}.',
  },
  SPEC_EXTENSION: {
    es: 'El archivo {filename} no parece {type} por su extensión. Revisa filename o file_format.type.',
    en: 'The file {filename} does not look like {type} by its extension. Check filename or file_format.type.',
  },
  SPEC_ZIP_FOR_ONE: {
    es: 'El paquete tiene un solo catálogo: no necesita ser ZIP.',
    en: 'The package has only one catalog: it need not be a ZIP.',
  },
  SPEC_NO_PACKAGES: {
    es: 'No hay paquetes: cada archivo se buscará solo por su catálogo. Añade un paquete si se entregan juntos.',
    en: 'There are no packages: each file is matched by its catalog alone. Add one if files are delivered together.',
  },
  SPEC_EMPTY_RULES: {
    es: '{key} no tiene ninguna regla. Borra la clave o añade una.',
    en: '{key} has no rule. Delete the key or add one.',
  },
  SPEC_TYPE_CASE: {
    es: '{value} se entiende, pero se escribe {upper}.',
    en: '{value} is understood, but it is written {upper}.',
  },
} as const;
