/** The zips of the functions. */
export interface FilesZips {
  readonly processor: string;
  readonly detector: string;
}

export const FILES_ZIPS: FilesZips = { processor: 'files-worker.zip', detector: 'files-detector.zip' };
