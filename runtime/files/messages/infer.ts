/** Texts of specifications that are made from data or from the older dialect. */
export const INFER_MESSAGES = {
  INFER_COMMENT: {
    es: 'Propuesta hecha a partir de los datos: revisa tipos, obligatorios y únicos antes de usarla.',
    en: 'A proposal made from the data: check types, required and unique before you use it.',
  },
  INFER_DESCRIPTION: { es: 'Por describir', en: 'To be described' },
  INFER_AUTHOR: { es: 'Por indicar', en: 'To be named' },
  INFER_CATALOG: {
    es: 'Propuesto a partir de las primeras {rows} filas de {file}',
    en: 'Proposed from the first {rows} rows of {file}',
  },
  INFER_NO_ROWS: {
    es: '{file} no tiene filas de las que partir. Usa un archivo con datos.',
    en: '{file} has no rows to start from. Use a file with data.',
  },
  RECORD_UNKNOWN_FIELD: {
    es: 'El catálogo no tiene el campo {name}. El más parecido es {nearest}.',
    en: 'The catalog has no field {name}. The nearest one is {nearest}.',
  },
  RECORD_CHARACTER: {
    es: 'El carácter {character} no se puede escribir en el formato de este archivo. Cámbialo, o usa comillas y UTF-8 en la especificación.',
    en: 'The character {character} cannot be written in the format of this file. Change it, or use quotes and UTF-8 in the specification.',
  },
  CONVERT_COMMENT: {
    es: 'Convertida del formato anterior: valídala y revisa lo que se avisó al convertir.',
    en: 'Converted from the older format: validate it and look at what was said while converting.',
  },
  CONVERT_ROOT: {
    es: 'El archivo no es del formato anterior: falta catalog o package en su raíz. Convierte solo archivos de ese formato.',
    en: 'The file is not of the older format: catalog or package is missing at its root. Convert files of that format only.',
  },
  CONVERT_KEY_DROPPED: {
    es: 'La clave {key} no tiene equivalente y no se convirtió. Añade a mano lo que haga falta.',
    en: 'The key {key} has no counterpart and was not converted. Add by hand what is needed.',
  },
  CONVERT_PATTERN: {
    es: 'El patrón {pattern} no se puede conservar: se puso {filename}. Escribe el nombre exacto del archivo.',
    en: 'The pattern {pattern} cannot be kept: {filename} was put. Write the exact name of the file.',
  },
} as const;
