import { SqliteBook, type SqliteSettings } from './sqlite-book.ts';

/** Opens the file with Node's own SQLite. Node 22 warns that it is experimental, when it is loaded first; the warning is kept from the app. */
export const openBook = (settings: SqliteSettings): SqliteBook => {
  const before = Object.getOwnPropertyDescriptor(process, 'emitWarning');
  process.emitWarning = () => undefined;
  try {
    const { DatabaseSync } = process.getBuiltinModule('node:sqlite');
    const database = new DatabaseSync(settings.path);
    try {
      return new SqliteBook(database, settings);
    } catch (error) {
      database.close();
      throw error;
    }
  } finally {
    if (before !== undefined) Object.defineProperty(process, 'emitWarning', before);
  }
};
