import { defineConfig } from "vite";

// One script and one style sheet under fixed names: the page itself is written by harness/report, which embeds both.
export default defineConfig({
  build: {
    outDir: process.env.CHIPFIT_APP_OUT ?? "dist",
    emptyOutDir: true,
    target: "es2022",
    cssCodeSplit: false,
    reportCompressedSize: false,
    rollupOptions: {
      input: "src/main.ts",
      output: { format: "iife", entryFileNames: "app.js", assetFileNames: "app.[ext]" },
    },
  },
});
