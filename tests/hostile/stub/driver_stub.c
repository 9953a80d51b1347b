/* Stands for a vendor's driver that is not installed (missing_dependency.c). */
__attribute__((visibility("default"))) void my_chip_driver_init(void);
void my_chip_driver_init(void) {}
