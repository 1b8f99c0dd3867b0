/** Texts about reports and outputs. */
export const REPORT_MESSAGES = {
  RUN_HAS_ERRORS: {
    es: 'La entrega tiene {count} errores; el informe los detalla.',
    en: 'The delivery has {count} errors; the report shows them.',
  },
} as const;
