/** Texts about executions and their dispatch. */
export const RUN_MESSAGES = {
  INVALID_EVENT: {
    es: 'La solicitud no es válida. Revisa los campos indicados en "problems" y vuelve a enviarla.',
    en: 'The event is not valid. See the fields listed under "problems" and send it again.',
  },
  SOURCE_NOT_ALLOWED: {
    es: 'La ejecución no puede leer archivos de otra ejecución. Usa sus propios archivos o registra la otra como origen.',
    en: 'The execution may not read files of another execution. Use its own files, or record the other one as its parent.',
  },
  SPEC_INVALID: {
    es: 'La especificación YAML tiene errores. Corrige los puntos de la lista y vuelve a enviarla.',
    en: 'The specification has errors. Correct the listed points and send it again.',
  },
  INPUT_NOT_FOUND: {
    es: 'No se encontró el archivo de entrada {file}. Comprueba su nombre y que se haya subido, y vuelve a enviarlo.',
    en: 'The input {file} was not found. Check its name and that it was uploaded, and send it again.',
  },
  INPUT_CHANGED: {
    es: 'El archivo de entrada {file} no es el que se registró. Vuelve a enviar la entrega como una nueva.',
    en: 'The input {file} is not the one that was recorded. Send the delivery again, as a new one.',
  },
  RESOURCE_EXCEEDED: {
    es: 'La entrega no cabe en esta función: necesita {needed} MB de disco y hay {free} MB. Se procesará en local.',
    en: 'The delivery does not fit into this function: it needs {needed} MB of disk, and {free} MB are free. It is run locally.',
  },
  TOO_LARGE: {
    es: 'La entrega es demasiado grande para procesarla aquí o en Lambda. Divídela por catálogos.',
    en: 'The delivery is too large both for this host and for Lambda. Split it by catalog.',
  },
  TIMEOUT_IMMINENT: {
    es: 'El tiempo de la función se acababa y se detuvo la ejecución. Se volverá a intentar.',
    en: 'The function was running out of time, so the execution was stopped. It is tried again.',
  },
  UPLOAD_FAILED: {
    es: 'No se pudieron guardar los resultados ({cause}). Se volverá a intentar.',
    en: 'The results could not be stored ({cause}). It is tried again.',
  },
  LOCK_STORE_UNAVAILABLE: {
    es: 'El registro de bloqueos no está disponible ({cause}). Se volverá a intentar.',
    en: 'The store of locks is not available ({cause}). It is tried again.',
  },
  EXECUTION_CANCELLED: {
    es: 'La ejecución se canceló.',
    en: 'The execution was cancelled.',
  },
  EXECUTION_FAILED: {
    es: 'La ejecución falló por un error interno. Comunica el identificador {error_id} a quien opera el sistema.',
    en: 'The execution failed because of an internal error. Give the id {error_id} to whoever operates the system.',
  },
  AFTER_RUN_FAILED: {
    es: 'El paso posterior a la revisión falló; el resultado es válido. Comunica el identificador {error_id} a quien opera el sistema.',
    en: 'The step after the checks failed; the result stands. Give the id {error_id} to whoever operates the system.',
  },
  AFTER_RUN_TOO_SLOW: {
    es: 'El paso posterior a la revisión no terminó en los {seconds} segundos que tenía. Haz que cargue menos o da más tiempo a la función.',
    en: 'The step after the checks did not end within the {seconds} seconds that it had. Let it load less, or give the function more time.',
  },
  LOGIN_REFUSED: {
    es: 'El servicio rechazó las credenciales, también después de leer el secreto otra vez. Comprueba que el secreto guarde las vigentes.',
    en: 'The service refused the credentials, even after the secret was read again. Check that the secret holds those in force.',
  },
  SECRET_UNREADABLE: {
    es: 'No se pudo leer el secreto ({cause}). Comprueba que exista, que sea un texto y que la función pueda leerlo.',
    en: 'The secret could not be read ({cause}). Check that it exists, that it is a text and that the function may read it.',
  },
  DISPATCH_REFUSED: {
    es: 'Lambda rechazó la ejecución ({cause}) y no puede procesarse en local. Revisa la función y sus permisos.',
    en: 'Lambda refused the execution ({cause}), and it cannot run locally. Check the function and the rights to it.',
  },
} as const;
