// The server answers /status/assets/preact.js with the module of the preact package; these are its types.
export * from 'preact'
