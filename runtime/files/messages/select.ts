/** Texts about which package, catalog and file belong together. */
export const SELECT_MESSAGES = {
  FILE_TYPE_MISMATCH: {
    es: 'El archivo {file} no es de tipo {type} (su contenido parece {found}). Envíalo con la extensión que le corresponde.',
    en: 'The file {file} is not of type {type} (its content looks like {found}). Send it with the extension that fits.',
  },
  FILE_TYPE_UNKNOWN: {
    es: 'No se reconoce el tipo de {file}. Envía un archivo .csv, .xlsx o .zip, o con el nombre que indica la especificación.',
    en: 'The type of {file} is not known. Send a .csv, .xlsx or .zip file, or one named as the specification says.',
  },
  PACKAGE_NOT_FOUND: {
    es: 'La especificación no espera ningún archivo de tipo {type}, como {file}. Envíalo en otro formato o añade un paquete de ese tipo.',
    en: 'The specification expects no file of type {type} such as {file}. Send it in another format, or add a package of that type.',
  },
  SELECT_UNKNOWN: {
    es: 'No hay paquete ni catálogo {id}. El más parecido es {nearest}.',
    en: 'There is no package or catalog {id}. The nearest one is {nearest}.',
  },
  SELECT_AMBIGUOUS: {
    es: 'Para {file} sirven varios: se usó {chosen} y no {others}. Indica cuál quieres si no es ese.',
    en: 'Several fit {file}: {chosen} was used and not {others}. Say which one you want if it is another.',
  },
  INPUTS_MIXED: {
    es: '{file} es un ZIP y viene con otros archivos. Envía un solo ZIP, o los archivos sueltos.',
    en: '{file} is a ZIP and comes with other files. Send one ZIP alone, or loose files.',
  },
  INPUTS_UNMATCHED: {
    es: 'Ningún catálogo espera estos archivos: {files}. Usa los nombres que indica la especificación.',
    en: 'No catalog expects these files: {files}. Use the names that the specification says.',
  },
  FILE_EXTRA: {
    es: 'El archivo {file} no está en la especificación y no se procesó.',
    en: 'The file {file} is not in the specification and was not processed.',
  },
  FILE_NAME_CASE: {
    es: 'El archivo {file} se tomó como {filename}. Conviene usar el nombre exacto.',
    en: 'The file {file} was taken for {filename}. The exact name is better.',
  },
} as const;
