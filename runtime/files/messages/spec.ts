/** Texts about the specification itself. */
export const SPEC_MESSAGES = {
  SPEC_INVALID: {
    es: 'La especificación tiene {count} errores. Corrígelos y vuelve a enviarla.',
    en: 'The specification has {count} errors. Mend them and send it again.',
  },
} as const;
