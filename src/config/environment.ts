/** The variables of this process, as they are now. This is the only place in the house that touches `process.env`. */
export const environment = (): NodeJS.ProcessEnv => process.env;
