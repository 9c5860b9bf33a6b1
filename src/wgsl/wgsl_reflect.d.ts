// wgsl_reflect's ES module under its own types: its `main` is CommonJS text in a package of ES modules.

declare module 'wgsl_reflect/wgsl_reflect.module.js' {
  export * from 'wgsl_reflect';
}
