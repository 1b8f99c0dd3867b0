/** Texts about reading data files. */
export const READ_MESSAGES = {
  ENCODING_FALLBACK: {
    es: 'El archivo no está en UTF-8; se leyó como windows-1252. Guárdalo como UTF-8 o indica su codificación en la especificación (encoding).',
    en: 'The file is not UTF-8; it was read as windows-1252. Save it as UTF-8, or name its encoding in the specification (encoding).',
  },
  ENCODING_BOM: {
    es: 'El archivo comienza con la marca de {found}, pero la especificación dice {expected}; se leyó como {found}. Corrige encoding en la especificación.',
    en: 'The file begins with the mark of {found}, but the specification says {expected}; it was read as {found}. Mend encoding in the specification.',
  },
  ENCODING_INVALID: {
    es: 'La línea {line} tiene en su columna {column} bytes que no son texto en la codificación del archivo. Guarda el archivo como UTF-8.',
    en: 'Line {line} has in its column {column} bytes that are no text in the encoding of the file. Save the file as UTF-8.',
  },
  MIXED_LINE_ENDS: {
    es: 'El archivo mezcla finales de línea (el primero distinto está en la línea {line}). Se leyó completo; conviene guardarlo con uno solo.',
    en: 'The file mixes line ends (the first other one is in line {line}). It was read whole; better save it with one kind.',
  },
  STRAY_QUOTE: {
    es: 'Hay comillas sueltas en la línea {line}, columna {column}. Encierra el valor entre comillas y duplica las que lleve dentro.',
    en: 'There is a stray quote in line {line}, column {column}. Put the value in quotes and double those within it.',
  },
  UNCLOSED_QUOTE: {
    es: 'Las comillas que se abren en la línea {line}, columna {column}, no se cierran. Ciérralas o quítalas.',
    en: 'The quote opened in line {line}, column {column}, is not closed. Close it or take it out.',
  },
  NUL_BYTE: {
    es: 'La línea {line} contiene un carácter nulo en la columna {column}. Exporta el archivo de nuevo como texto.',
    en: 'Line {line} holds a NUL character in column {column}. Export the file again as text.',
  },
  RECORD_TOO_LARGE: {
    es: 'El registro de la línea {line} es demasiado grande. Revisa comillas sin cerrar o finales de línea que falten.',
    en: 'The record of line {line} is too large. Look for an unclosed quote or missing line ends.',
  },
  ROW_TOO_LONG: {
    es: 'La línea {line} tiene {found} columnas y se esperaban {expected}. Quita las que sobran o encierra entre comillas los valores que contienen el delimitador.',
    en: 'Line {line} has {found} columns, {expected} were expected. Take out the surplus, or put values that hold the delimiter in quotes.',
  },
  ROW_TOO_SHORT: {
    es: 'La línea {line} tiene {found} columnas y se esperaban {expected}. Añade las que faltan, aunque estén vacías.',
    en: 'Line {line} has {found} columns, {expected} were expected. Add the missing ones, be they empty.',
  },
  COLUMN_UNEXPECTED: {
    es: 'La columna «{column}» no está en la especificación, que define {expected} columnas; el archivo tiene {found}. Quítala o añádela a la especificación.',
    en: 'The column "{column}" is not in the specification, which defines {expected} columns; the file has {found}. Take it out, or add it to the specification.',
  },
  COLUMN_MISSING: {
    es: 'Falta la columna «{column}»: la especificación define {expected} columnas y el archivo tiene {found}. Añádela al archivo y revisa el delimitador.',
    en: 'The column "{column}" is missing: the specification defines {expected} columns, the file has {found}. Add it to the file, and check the delimiter.',
  },
  COLUMN_DUPLICATE: {
    es: 'La columna «{column}» está dos veces, en las posiciones {first} y {position}; se usa la primera. Quita una de las dos.',
    en: 'The column "{column}" stands twice, at positions {first} and {position}; the first is used. Take one out.',
  },
  COLUMN_UNNAMED: {
    es: 'La columna {position} no tiene nombre en el encabezado. Escríbelo o quita la columna.',
    en: 'Column {position} has no name in the header. Write it, or take the column out.',
  },
  COLUMN_RENAMED: {
    es: 'La columna «{column}» se tomó como «{field}». Escribe el nombre tal como está en la especificación.',
    en: 'The column "{column}" was taken for "{field}". Write the name as in the specification.',
  },
  HEADER_MISSING: {
    es: 'El archivo está vacío: falta el encabezado con {expected} columnas.',
    en: 'The file is empty: the header with {expected} columns is missing.',
  },
  FILE_EMPTY: {
    es: 'El archivo no tiene ninguna fila. Comprueba que se exportó completo.',
    en: 'The file has no row. Check that it was exported whole.',
  },
  CELL_ERROR: {
    es: 'La celda «{field}» de la fila {line} contiene el error {value}. Corrige la fórmula en la hoja de cálculo.',
    en: 'The cell "{field}" of row {line} holds the error {value}. Mend the formula in the workbook.',
  },
  GZIP_INVALID: {
    es: 'El archivo .gz está dañado o incompleto. Comprímelo y envíalo de nuevo.',
    en: 'The .gz file is damaged or incomplete. Compress it and send it again.',
  },
  GZIP_TOO_LARGE: {
    es: 'El archivo .gz ocupa más de 8 GiB descomprimido. Divídelo.',
    en: 'The .gz file unpacks to more than 8 GiB. Split it.',
  },
  GZIP_RATIO: {
    es: 'El archivo .gz se expande más de 200 veces y se rechazó por seguridad. Envíalo sin comprimir.',
    en: 'The .gz file grows more than 200 times when unpacked and was refused for safety. Send it uncompressed.',
  },
  ZIP_INVALID: {
    es: 'El archivo ZIP está dañado o incompleto. Créalo y envíalo de nuevo.',
    en: 'The ZIP file is damaged or incomplete. Make it and send it again.',
  },
  ZIP_TOO_MANY_ENTRIES: {
    es: 'El ZIP contiene más de {limit} archivos. Divídelo.',
    en: 'The ZIP holds more than {limit} files. Split it.',
  },
  ZIP_TOO_LARGE: {
    es: 'El contenido del ZIP ocupa más de 8 GiB descomprimido. Divídelo.',
    en: 'The content of the ZIP unpacks to more than 8 GiB. Split it.',
  },
  ZIP_RATIO: {
    es: '«{member}» se expande más de 200 veces y el ZIP se rechazó por seguridad. Envía ese archivo sin comprimir.',
    en: '"{member}" grows more than 200 times when unpacked; the ZIP was refused for safety. Send that file uncompressed.',
  },
  ZIP_NAME_UNSAFE: {
    es: 'El ZIP contiene un nombre de archivo no permitido (rutas absolutas, «..» o caracteres de control). Créalo de nuevo con nombres sencillos.',
    en: 'The ZIP holds a file name that is not allowed (absolute paths, ".." or control characters). Make it again with plain names.',
  },
  ZIP_NAME_DUPLICATE: {
    es: 'El ZIP contiene dos veces el archivo «{member}». Deja solo uno.',
    en: 'The ZIP holds the file "{member}" twice. Leave one of them.',
  },
  ZIP_SYMLINK: {
    es: '«{member}» es un enlace simbólico, y el ZIP se rechazó. Incluye el archivo mismo.',
    en: '"{member}" is a symbolic link; the ZIP was refused. Put in the file itself.',
  },
  ZIP_SPECIAL_FILE: {
    es: '«{member}» no es un archivo normal, y el ZIP se rechazó. Incluye solo archivos y carpetas.',
    en: '"{member}" is no regular file; the ZIP was refused. Put in files and folders only.',
  },
  ZIP_ENCRYPTED: {
    es: '«{member}» está cifrado con contraseña. Crea el ZIP sin contraseña.',
    en: '"{member}" is encrypted with a password. Make the ZIP without a password.',
  },
  ZIP_NESTED: {
    es: '«{member}» es otro ZIP dentro del ZIP. Incluye sus archivos directamente.',
    en: '"{member}" is another ZIP within the ZIP. Put in its files themselves.',
  },
  ZIP_METHOD_UNSUPPORTED: {
    es: '«{member}» usa un método de compresión que no se puede leer. Crea el ZIP con compresión normal (Deflate).',
    en: '"{member}" uses a compression that cannot be read. Make the ZIP with normal compression (Deflate).',
  },
  ZIP_CRC: {
    es: '«{member}» está dañado: su contenido no coincide con su suma de comprobación. Crea el ZIP de nuevo.',
    en: '"{member}" is damaged: its content does not match its checksum. Make the ZIP again.',
  },
  ZIP_SIZE: {
    es: '«{member}» no tiene el tamaño que declara el ZIP. Crea el ZIP de nuevo.',
    en: '"{member}" has not the size that the ZIP declares. Make the ZIP again.',
  },
  SCRATCH_MISSING: {
    es: 'No hay carpeta temporal para desempaquetar el archivo. Avisa al administrador.',
    en: 'There is no temporary folder to unpack the file in: give the reader `scratch`.',
  },
  XLS_LEGACY_UNSUPPORTED: {
    es: 'El formato .xls antiguo no se puede leer. Abre el archivo en Excel y guárdalo como .xlsx.',
    en: 'The old .xls format cannot be read. Open the file in Excel and save it as .xlsx.',
  },
  FILE_ENCRYPTED: {
    es: 'El libro está protegido con contraseña. Quita la contraseña y guárdalo de nuevo.',
    en: 'The workbook is protected with a password. Take the password off and save it again.',
  },
  XLSX_INVALID: {
    es: 'El archivo no es un libro .xlsx que se pueda leer. Ábrelo en Excel y guárdalo de nuevo como .xlsx.',
    en: 'The file is no .xlsx workbook that can be read. Open it in Excel and save it again as .xlsx.',
  },
  XLSX_TOO_LARGE: {
    es: 'El libro contiene más texto del que admite Excel en una celda o en total. Divídelo o envíalo como CSV.',
    en: 'The workbook holds more text than Excel admits in a cell or in all. Split it, or send it as CSV.',
  },
  SHEET_NOT_FOUND: {
    es: 'El libro no tiene la hoja «{sheet}». Corrige el nombre o el número de la hoja.',
    en: 'The workbook has no sheet "{sheet}". Mend the name or number of the sheet.',
  },
} as const;
