/* Not a GPU: a library with NVML's entry points and made-up answers, for the tests of finding, loading and parsing.
 * FAKE_NVML_FAULT=init: the driver does not run. */
#include <stdlib.h>
#include <string.h>

typedef struct {
  char bus_legacy[16];
  unsigned domain, bus, device, device_id, subsystem_id;
  char bus_id[32];
} pci_info;

enum { ok = 0, not_supported = 3, not_found = 6, driver_not_loaded = 9 };
static int devices[2] = {0, 1};

static int text(char* target, unsigned size, const char* value) {
  if (strlen(value) >= size) return 7;
  strcpy(target, value);
  return ok;
}

int nvmlInit_v2(void) {
  const char* fault = getenv("FAKE_NVML_FAULT");
  return fault && strcmp(fault, "init") == 0 ? driver_not_loaded : ok;
}
int nvmlShutdown(void) {
  return ok;
}
const char* nvmlErrorString(int status) {
  return status == driver_not_loaded ? "Driver Not Loaded" : "Not Found";
}
int nvmlSystemGetDriverVersion(char* t, unsigned n) {
  return text(t, n, "580.65.06");
}
int nvmlDeviceGetCount_v2(unsigned* n) {
  *n = 2;
  return ok;
}
int nvmlDeviceGetHandleByIndex_v2(unsigned i, void** device) {
  if (i > 1) return not_found;
  *device = &devices[i];
  return ok;
}
int nvmlDeviceGetName(void* d, char* t, unsigned n) {
  return text(t, n, *(int*)d ? "Fake GPU B" : "Fake GPU A");
}
int nvmlDeviceGetUUID(void* d, char* t, unsigned n) {
  return text(t, n, *(int*)d ? "GPU-b" : "GPU-a");
}
int nvmlDeviceGetPciInfo_v3(void* d, pci_info* pci) {
  (void)d;
  strcpy(pci->bus_id, "00000000:1B:00.0");
  return ok;
}
int nvmlDeviceGetPowerUsage(void* d, unsigned* mw) {
  *mw = 345678;
  return *(int*)d ? not_supported : ok;
}
int nvmlDeviceGetEnforcedPowerLimit(void* d, unsigned* mw) {
  (void)d;
  *mw = 700000;
  return ok;
}
int nvmlDeviceGetTemperature(void* d, int sensor, unsigned* c) {
  (void)d;
  *c = 61;
  return sensor == 0 ? ok : not_supported;
}
int nvmlDeviceGetClockInfo(void* d, int type, unsigned* mhz) {
  (void)d;
  *mhz = type == 1 ? 1755 : 2619;
  return ok;
}
int nvmlDeviceGetMaxClockInfo(void* d, int type, unsigned* mhz) {
  (void)d;
  *mhz = type == 1 ? 1980 : 2619;
  return ok;
}
int nvmlDeviceGetTotalEnergyConsumption(void* d, unsigned long long* mj) {
  *mj = 5000000123ull; /* more than 32 bits */
  return *(int*)d ? not_supported : ok;
}
/* The older name: drivers before 535 have no other. */
int nvmlDeviceGetCurrentClocksThrottleReasons(void* d, unsigned long long* reasons) {
  (void)d;
  *reasons = 0x44;
  return ok;
}
int nvmlDeviceGetEccMode(void* d, int* now, int* pending) {
  *now = *pending = 1;
  return *(int*)d ? not_supported : ok;
}
int nvmlDeviceGetTotalEccErrors(void* d, int type, int counter, unsigned long long* errors) {
  (void)d;
  *errors = type == 1 && counter == 0 ? 2 : 99;
  return ok;
}
