export * from "./hostabi_v0";
