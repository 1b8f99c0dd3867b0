/** Texts about storage, locks and the execution record. */
export const STORE_MESSAGES = {
  INVALID_PATH: {
    es: 'El valor de {what} no es válido: {reason}. Usa un nombre simple, sin rutas absolutas ni "..".',
    en: 'The value of {what} is not allowed: {reason}. Use a plain name, without absolute paths or "..".',
  },
  FILE_NOT_FOUND: {
    es: 'No se encontró el archivo {file}. Revisa el nombre y que se haya subido a esta ejecución.',
    en: 'The file {file} was not found. Check the name and that it was uploaded to this execution.',
  },
  FILE_EXISTS: {
    es: 'El archivo {file} ya existe y no se sobrescribe. Usa otro nombre o bórralo primero.',
    en: 'The file {file} is there already and is not replaced. Use another name or delete it first.',
  },
  FILE_CHANGED: {
    es: 'El archivo {file} cambió mientras se leía. Vuelve a procesarlo cuando la carga haya terminado.',
    en: 'The file {file} changed while it was read. Process it again when its upload is complete.',
  },
  STORAGE_DENIED: {
    es: 'El almacenamiento negó el acceso ({cause}). Revisa el nombre del bucket o la carpeta, los permisos y el espacio.',
    en: 'The storage denied access ({cause}). Check the name of the bucket or folder, the rights and the space.',
  },
  STORAGE_UNAVAILABLE: {
    es: 'El almacenamiento no está disponible en este momento ({cause}). Se volverá a intentar.',
    en: 'The storage is not available at the moment ({cause}). It will be tried again.',
  },
  STORAGE_REFUSED: {
    es: 'El almacenamiento rechazó la operación ({cause}). Revisa el nombre y el tamaño del archivo.',
    en: 'The storage refused the operation ({cause}). Check the name and size of the file.',
  },
  LOCK_HELD: {
    es: 'Otro proceso ya está trabajando en esta ejecución. Vuelve a intentarlo en {seconds} segundos.',
    en: 'Another worker has this execution. Try again in {seconds} seconds.',
  },
  LOCK_LOST: {
    es: 'Otro proceso tomó esta ejecución; este no publica nada. El resultado lo publica el otro.',
    en: 'Another worker took this execution; this one publishes nothing. The result comes from the other.',
  },
  RECORD_VERSION: {
    es: 'El registro de la ejecución tiene la versión {version}, que esta versión de hookline no conoce. Actualiza hookline.',
    en: 'The record of the execution has version {version}, which this hookline does not know. Update hookline.',
  },
  MANIFEST_INVALID: {
    es: 'El manifiesto {file} no se puede leer. Vuelve a ejecutar la entrega.',
    en: 'The manifest {file} cannot be read. Run the delivery again.',
  },
} as const;
