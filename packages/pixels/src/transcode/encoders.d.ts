// The packages bring no types. What is used of them stands in `encoder-modules.ts`; HTJ2K has one module for both ways.
declare module '@cornerstonejs/codec-charls/wasmjs';
declare module '@cornerstonejs/codec-openjpeg/wasmjs';
