/** An account's settings: their form, and how they are resolved. */
export { settingsFromProcess } from "./process";
export { resolveSettings } from "./resolve";
export { argumentNames, type ArgumentSettings, type OutscaleSettings, type SettingSources } from "./settings";
