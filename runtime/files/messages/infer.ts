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
} as const;
