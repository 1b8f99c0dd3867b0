/** Texts about the YAML of a specification. */
export const SPEC_YAML_MESSAGES = {
  YAML_SYNTAX: {
    es: 'Aquí el texto no es YAML válido ({detail}). Revisa comillas, dos puntos y corchetes de esta línea y la anterior.',
    en: 'The text is no valid YAML here ({detail}). Check quotes, colons and brackets of this line and the one before.',
  },
  YAML_TAB: {
    es: 'Hay un tabulador en la sangría. Usa espacios.',
    en: 'The indentation has a tab. Use spaces.',
  },
  YAML_INDENT: {
    es: 'La sangría no encaja con las líneas anteriores. Alinea con espacios lo que pertenece al mismo nivel.',
    en: 'The indentation does not fit the lines before. Align what belongs to the same level with spaces.',
  },
  YAML_COLON: {
    es: 'Un valor no puede contener ": " sin comillas. Ponlo entre comillas o pásalo a la línea siguiente.',
    en: 'A value cannot have ": " in it without quotes. Put it in quotes or on the next line.',
  },
  YAML_MISSING_CHARACTER: {
    es: 'Falta algo aquí ({detail}). Cierra las comillas o los corchetes, y escribe dos puntos después de cada clave.',
    en: 'Something is missing here ({detail}). Close quotes and brackets, and write a colon behind each key.',
  },
  YAML_ESCAPE: {
    es: 'Esta barra invertida no se entiende dentro de comillas dobles. Usa comillas simples o escribe \\\\.',
    en: 'This backslash means nothing within double quotes. Use single quotes or write \\\\.',
  },
  YAML_TAG: {
    es: 'No se aceptan etiquetas YAML como !nombre. Quítala, o pon el texto entre comillas si empieza con !.',
    en: 'YAML tags such as !name are not accepted. Remove it, or quote the text if it begins with !.',
  },
  YAML_MULTIPLE_DOCUMENTS: {
    es: 'Hay más de un documento en el archivo. Deja uno solo y quita las líneas --- que sobran.',
    en: 'The file has more than one document. Leave one and remove the --- lines that are too many.',
  },
  YAML_CONTROL_CHARACTER: {
    es: 'Hay un carácter de control (U+{character}) en el texto. Bórralo y guarda el archivo como UTF-8.',
    en: 'The text has a control character (U+{character}). Delete it and save the file as UTF-8.',
  },
  YAML_TOO_DEEP: {
    es: 'Hay más de {limit} niveles uno dentro de otro. Una especificación no necesita tantos: revisa los corchetes.',
    en: 'More than {limit} levels stand one within another. No specification needs so many: check the brackets.',
  },
  YAML_ALIASES: {
    es: 'Hay más de {limit} alias (*nombre). Escribe los valores en su lugar.',
    en: 'There are more than {limit} aliases (*name). Write the values in their place.',
  },
  YAML_ALIAS_UNKNOWN: {
    es: 'El alias *{name} no tiene antes su ancla &{name}. Defínela más arriba o escribe el valor.',
    en: 'The alias *{name} has no anchor &{name} before it. Define it further up or write the value.',
  },
  YAML_ALIAS_CYCLE: {
    es: 'El alias *{name} se contiene a sí mismo. Escribe el valor en su lugar.',
    en: 'The alias *{name} contains itself. Write the value in its place.',
  },
  YAML_EXPANSION: {
    es: 'El documento tiene demasiadas partes, o sus alias lo multiplican. Divídelo o escribe los valores sin alias.',
    en: 'The document has too many parts, or its aliases multiply it. Split it or write the values without aliases.',
  },
  YAML_KEY: {
    es: 'Esta clave no es un texto. Escribe un nombre sencillo antes de los dos puntos.',
    en: 'This key is no text. Write a plain name before the colon.',
  },
  YAML_DUPLICATE_KEY: {
    es: 'La clave {key} ya está en la línea {first_line}. Deja solo una.',
    en: 'The key {key} is there already in line {first_line}. Leave only one.',
  },
} as const;
