// The rows: what a kilowatt hour emits and costs in a country or a part of one, on average of a
// year.
//
// Two ways of counting carbon meet here, and every row says which: Ember and Electricity Maps count
// the life cycle (fuel supply and building of the plants too), EPA eGRID only the stack. Ember and
// eGRID divide by what is generated there, Electricity Maps by what is used there, imports
// included. Prices: Eurostat's band IC is a consumer of 500 to 2000 MWh a year; EIA's industrial
// price is revenue over sales; GlobalPetrolPrices takes a business of 1000 MWh a year. A price that
// no such source gives is NAN.

#include "cost/tariff.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#include "base/parse.h"

#define EMBER    "Ember, yearly electricity data, generation, life cycle"
#define EMAPS    "Electricity Maps, yearly data, consumption, life cycle"
#define EGRID    "US EPA eGRID2022, state total output rate, CO2e at the stack"
#define EUROSTAT "Eurostat nrg_pc_205, 2nd half of 2024, band IC, without VAT and recoverable taxes"
#define EUROSTAT_S1                                                                                \
    "Eurostat nrg_pc_205, 1st half of 2024, band IC, without VAT and recoverable taxes"
#define EIA "US EIA, Electric Power Annual 2023, average industrial price"

// Code, name, g CO2e per kWh, year, source, price per kWh, currency, year, source.
const struct pt_grid pt_grids[] = {
    // Europe
    {"AL", "Albania", 24.42, 2023, EMBER, 0.1292, "EUR", 2024, EUROSTAT},
    {"AT", "Austria", 102.62, 2024, EMBER, 0.2006, "EUR", 2024, EUROSTAT},
    {"BA", "Bosnia and Herzegovina", 638.05, 2024, EMBER, 0.0952, "EUR", 2024, EUROSTAT},
    {"BE", "Belgium", 117.58, 2024, EMBER, 0.1815, "EUR", 2024, EUROSTAT},
    {"BG", "Bulgaria", 264.21, 2024, EMBER, 0.1322, "EUR", 2024, EUROSTAT},
    {"CH", "Switzerland", 36.72, 2024, EMBER, NAN, NULL, 0, NULL},
    {"CY", "Cyprus", 512.24, 2024, EMBER, 0.2578, "EUR", 2024, EUROSTAT},
    {"CZ", "Czechia", 413.86, 2024, EMBER, 0.1939, "EUR", 2024, EUROSTAT},
    {"DE", "Germany", 342.06, 2024, EMBER, 0.2359, "EUR", 2024, EUROSTAT},
    {"DK", "Denmark", 143.3, 2024, EMBER, 0.1284, "EUR", 2024, EUROSTAT},
    {"EE", "Estonia", 341.02, 2024, EMBER, 0.1484, "EUR", 2024, EUROSTAT},
    {"ES", "Spain", 146.15, 2024, EMBER, 0.1426, "EUR", 2024, EUROSTAT},
    {"FI", "Finland", 72.25, 2024, EMBER, 0.0767, "EUR", 2024, EUROSTAT},
    {"FR", "France", 44.18, 2024, EMBER, 0.1785, "EUR", 2024, EUROSTAT},
    {"GB", "United Kingdom", 215.79, 2024, EMBER, 0.2585, "GBP", 2023,
     "DESNZ, Industrial electricity prices in the IEA, table 5.3.1, with taxes"},
    {"GE", "Georgia", 143.06, 2024, EMBER, 0.0805, "EUR", 2024, EUROSTAT},
    {"GR", "Greece", 319.76, 2024, EMBER, 0.2005, "EUR", 2024, EUROSTAT},
    {"HR", "Croatia", 174.48, 2024, EMBER, 0.23, "EUR", 2024, EUROSTAT},
    {"HU", "Hungary", 182.82, 2024, EMBER, 0.2281, "EUR", 2024, EUROSTAT},
    {"IE", "Ireland", 279.79, 2024, EMBER, 0.2552, "EUR", 2024, EUROSTAT},
    {"IS", "Iceland", 28.33, 2023, EMBER, 0.086, "EUR", 2024, EUROSTAT_S1},
    {"IT", "Italy", 287.75, 2024, EMBER, 0.2274, "EUR", 2024, EUROSTAT},
    {"LT", "Lithuania", 139.34, 2024, EMBER, 0.164, "EUR", 2024, EUROSTAT},
    {"LU", "Luxembourg", 134.62, 2024, EMBER, 0.204, "EUR", 2024, EUROSTAT},
    {"LV", "Latvia", 136.22, 2024, EMBER, 0.146, "EUR", 2024, EUROSTAT},
    {"MD", "Moldova", 629.56, 2024, EMBER, 0.0975, "EUR", 2024, EUROSTAT},
    {"ME", "Montenegro", 413.51, 2024, EMBER, 0.0848, "EUR", 2024, EUROSTAT},
    {"MK", "North Macedonia", 568.97, 2024, EMBER, 0.1006, "EUR", 2024, EUROSTAT_S1},
    {"MT", "Malta", 484.16, 2024, EMBER, 0.1385, "EUR", 2024, EUROSTAT},
    {"NL", "Netherlands", 252.7, 2024, EMBER, 0.1983, "EUR", 2024, EUROSTAT},
    {"NO", "Norway", 30.75, 2024, EMBER, 0.0684, "EUR", 2024, EUROSTAT},
    {"PL", "Poland", 614.98, 2024, EMBER, 0.21, "EUR", 2024, EUROSTAT},
    {"PT", "Portugal", 111.8, 2024, EMBER, 0.1332, "EUR", 2024, EUROSTAT},
    {"RO", "Romania", 245.55, 2024, EMBER, 0.1669, "EUR", 2024, EUROSTAT},
    {"RS", "Serbia", 670.8, 2024, EMBER, 0.1333, "EUR", 2024, EUROSTAT},
    {"RU", "Russia", 446.17, 2024, EMBER, NAN, NULL, 0, NULL},
    {"SE", "Sweden", 35.89, 2024, EMBER, 0.0853, "EUR", 2024, EUROSTAT},
    {"SI", "Slovenia", 227.11, 2024, EMBER, 0.1802, "EUR", 2024, EUROSTAT},
    {"SK", "Slovakia", 96.49, 2024, EMBER, 0.2061, "EUR", 2024, EUROSTAT},
    {"TR", "Türkiye", 469.7, 2024, EMBER, 0.0972, "EUR", 2024, EUROSTAT},
    {"UA", "Ukraine", 250.47, 2022, EMBER, NAN, NULL, 0, NULL},
    // The other continents
    {"AE", "United Arab Emirates", 467.51, 2024, EMBER, 0.405, "AED", 2025,
     "GlobalPetrolPrices, business users, June 2025"},
    {"AR", "Argentina", 344.83, 2024, EMBER, NAN, NULL, 0, NULL},
    {"AU", "Australia", 553.76, 2024, EMBER, NAN, NULL, 0, NULL},
    {"BD", "Bangladesh", 694.63, 2024, EMBER, NAN, NULL, 0, NULL},
    {"BH", "Bahrain", 902.41, 2023, EMBER, NAN, NULL, 0, NULL},
    {"BR", "Brazil", 106.06, 2024, EMBER, NAN, NULL, 0, NULL},
    {"CA", "Canada", 184.99, 2024, EMBER, NAN, NULL, 0, NULL},
    {"CL", "Chile", 265.52, 2024, EMBER, 0.166, "USD", 2025,
     "GlobalPetrolPrices, business users, international comparison table (mean of several years)"},
    {"CN", "China", 557.5, 2024, EMBER, 0.796, "CNY", 2025,
     "GlobalPetrolPrices, business users, June 2025"},
    {"CO", "Colombia", 285.8, 2024, EMBER, NAN, NULL, 0, NULL},
    {"CR", "Costa Rica", 63.01, 2024, EMBER, NAN, NULL, 0, NULL},
    {"DZ", "Algeria", 633.65, 2023, EMBER, NAN, NULL, 0, NULL},
    {"EG", "Egypt", 574.5, 2024, EMBER, NAN, NULL, 0, NULL},
    {"ET", "Ethiopia", 23.55, 2023, EMBER, NAN, NULL, 0, NULL},
    {"HK", "Hong Kong", 681.99, 2023, EMBER, NAN, NULL, 0, NULL},
    {"ID", "Indonesia", 682.43, 2023, EMBER, 1114.74, "IDR", 2024,
     "PLN, tariff adjustment, class I-3/TM above 200 kVA"},
    {"IL", "Israel", 567.26, 2023, EMBER, NAN, NULL, 0, NULL},
    {"IN", "India", 708.96, 2024, EMBER, 0.122, "USD", 2025,
     "GlobalPetrolPrices, business users, international comparison table (mean of several years)"},
    {"IQ", "Iraq", 689.4, 2023, EMBER, NAN, NULL, 0, NULL},
    {"IR", "Iran", 648.68, 2024, EMBER, NAN, NULL, 0, NULL},
    {"JO", "Jordan", 539.21, 2022, EMBER, NAN, NULL, 0, NULL},
    {"JP", "Japan", 483.73, 2024, EMBER, 0.202, "USD", 2025,
     "GlobalPetrolPrices, business users, international comparison table (mean of several years)"},
    {"KE", "Kenya", 84.83, 2024, EMBER, NAN, NULL, 0, NULL},
    {"KR", "South Korea", 415.65, 2024, EMBER, 154.85, "KRW", 2025,
     "GlobalPetrolPrices, business users, June 2025"},
    {"KW", "Kuwait", 637.24, 2024, EMBER, NAN, NULL, 0, NULL},
    {"KZ", "Kazakhstan", 801.79, 2024, EMBER, NAN, NULL, 0, NULL},
    {"LK", "Sri Lanka", 509.78, 2022, EMBER, NAN, NULL, 0, NULL},
    {"MA", "Morocco", 577.65, 2024, EMBER, NAN, NULL, 0, NULL},
    {"MX", "Mexico", 483.14, 2024, EMBER, 0.213, "USD", 2025,
     "GlobalPetrolPrices, business users, international comparison table (mean of several years)"},
    {"MY", "Malaysia", 604.43, 2024, EMBER, 0.454, "MYR", 2025,
     "TNB, average base tariff of all customers from 1 July 2025"},
    {"NG", "Nigeria", 507.85, 2024, EMBER, NAN, NULL, 0, NULL},
    {"NZ", "New Zealand", 120.11, 2024, EMBER, NAN, NULL, 0, NULL},
    {"OM", "Oman", 545.33, 2024, EMBER, NAN, NULL, 0, NULL},
    {"PE", "Peru", 263.27, 2024, EMBER, NAN, NULL, 0, NULL},
    {"PH", "Philippines", 613.38, 2024, EMBER, NAN, NULL, 0, NULL},
    {"PK", "Pakistan", 398.61, 2024, EMBER, NAN, NULL, 0, NULL},
    {"PY", "Paraguay", 24.86, 2023, EMBER, NAN, NULL, 0, NULL},
    {"QA", "Qatar", 602.83, 2024, EMBER, NAN, NULL, 0, NULL},
    {"SA", "Saudi Arabia", 691.95, 2024, EMBER, 0.18, "SAR", 2024,
     "Saudi Electricity Company, industrial tariff, without VAT"},
    {"SG", "Singapore", 498.74, 2024, EMBER, 0.265, "USD", 2025,
     "GlobalPetrolPrices, business users, international comparison table (mean of several years)"},
    {"TH", "Thailand", 555.43, 2024, EMBER, 4.18, "THB", 2024,
     "ERC Thailand, average tariff of all customers with Ft, May to December 2024, without VAT"},
    {"TN", "Tunisia", 560.25, 2024, EMBER, NAN, NULL, 0, NULL},
    {"TW", "Taiwan", 635.15, 2024, EMBER, 3.4518, "TWD", 2024,
     "Taipower, average rate of all customers from 1 April 2024"},
    {"US", "United States", 383.55, 2024, EMBER, 0.0804, "USD", 2023, EIA},
    {"UY", "Uruguay", 96.7, 2024, EMBER, NAN, NULL, 0, NULL},
    {"UZ", "Uzbekistan", 1121.18, 2023, EMBER, NAN, NULL, 0, NULL},
    {"VN", "Vietnam", 486.13, 2024, EMBER, 2103.12, "VND", 2024,
     "EVN, average retail price of all customers from 11 October 2024"},
    {"ZA", "South Africa", 713.9, 2024, EMBER, 2.289, "ZAR", 2025,
     "GlobalPetrolPrices, business users, June 2025"},
    // Grid zones and provinces
    {"AU-NSW", "New South Wales, Australia", 541, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"AU-QLD", "Queensland, Australia", 581, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"AU-SA", "South Australia", 187, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"AU-TAS", "Tasmania, Australia", 133, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"AU-VIC", "Victoria, Australia", 496, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"AU-WA", "Western Australia", 395, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"BR-CS", "Central and south-east Brazil (grid zone)", 102, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"CA-AB", "Alberta, Canada", 402, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"CA-BC", "British Columbia, Canada", 71, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"CA-MB", "Manitoba, Canada", 55, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"CA-ON", "Ontario, Canada", 91, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"CA-QC", "Quebec, Canada", 35, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"CA-SK", "Saskatchewan, Canada", 488, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"IN-NO", "Northern India (grid zone)", 534, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"IN-SO", "Southern India (grid zone)", 534, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"IN-WE", "Western India (grid zone)", 657, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"JP-KN", "Kansai, Japan (grid zone)", 365, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"JP-TK", "Tokyo, Japan (grid zone)", 539, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"NO-NO1", "Oslo, Norway (grid zone)", 27, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"NO-NO2", "Kristiansand, Norway (grid zone)", 35, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"SE-SE1", "Lulea, Sweden (grid zone)", 15, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"SE-SE3", "Stockholm, Sweden (grid zone)", 21, 2024, EMAPS, NAN, NULL, 0, NULL},
    // The states of the USA
    {"US-AK", "Alaska, USA", 416.1, 2022, EGRID, 0.187, "USD", 2023, EIA},
    {"US-AL", "Alabama, USA", 359, 2022, EGRID, 0.0711, "USD", 2023, EIA},
    {"US-AR", "Arkansas, USA", 481.5, 2022, EGRID, 0.0687, "USD", 2023, EIA},
    {"US-AZ", "Arizona, USA", 322.9, 2022, EGRID, 0.0811, "USD", 2023, EIA},
    {"US-CA", "California, USA", 207.5, 2022, EGRID, 0.1864, "USD", 2023, EIA},
    {"US-CO", "Colorado, USA", 532.1, 2022, EGRID, 0.085, "USD", 2023, EIA},
    {"US-CT", "Connecticut, USA", 237.4, 2022, EGRID, 0.1569, "USD", 2023, EIA},
    {"US-DC", "District of Columbia, USA", 251.7, 2022, EGRID, 0.1085, "USD", 2023, EIA},
    {"US-DE", "Delaware, USA", 408.6, 2022, EGRID, 0.0785, "USD", 2023, EIA},
    {"US-FL", "Florida, USA", 371.3, 2022, EGRID, 0.0939, "USD", 2023, EIA},
    {"US-GA", "Georgia, USA", 336.2, 2022, EGRID, 0.0688, "USD", 2023, EIA},
    {"US-HI", "Hawaii, USA", 663.9, 2022, EGRID, 0.3528, "USD", 2023, EIA},
    {"US-IA", "Iowa, USA", 281.9, 2022, EGRID, 0.0691, "USD", 2023, EIA},
    {"US-ID", "Idaho, USA", 112.7, 2022, EGRID, 0.0717, "USD", 2023, EIA},
    {"US-IL", "Illinois, USA", 268.7, 2022, EGRID, 0.082, "USD", 2023, EIA},
    {"US-IN", "Indiana, USA", 715.1, 2022, EGRID, 0.0824, "USD", 2023, EIA},
    {"US-KS", "Kansas, USA", 374.8, 2022, EGRID, 0.0764, "USD", 2023, EIA},
    {"US-KY", "Kentucky, USA", 785.7, 2022, EGRID, 0.0655, "USD", 2023, EIA},
    {"US-LA", "Louisiana, USA", 372.2, 2022, EGRID, 0.0588, "USD", 2023, EIA},
    {"US-MA", "Massachusetts, USA", 389.7, 2022, EGRID, 0.1788, "USD", 2023, EIA},
    {"US-MD", "Maryland, USA", 290.5, 2022, EGRID, 0.0994, "USD", 2023, EIA},
    {"US-ME", "Maine, USA", 155.5, 2022, EGRID, 0.123, "USD", 2023, EIA},
    {"US-MI", "Michigan, USA", 460.7, 2022, EGRID, 0.0816, "USD", 2023, EIA},
    {"US-MN", "Minnesota, USA", 351, 2022, EGRID, 0.092, "USD", 2023, EIA},
    {"US-MO", "Missouri, USA", 688.4, 2022, EGRID, 0.079, "USD", 2023, EIA},
    {"US-MS", "Mississippi, USA", 403.1, 2022, EGRID, 0.0696, "USD", 2023, EIA},
    {"US-MT", "Montana, USA", 467.8, 2022, EGRID, 0.078, "USD", 2023, EIA},
    {"US-NC", "North Carolina, USA", 298.1, 2022, EGRID, 0.0715, "USD", 2023, EIA},
    {"US-ND", "North Dakota, USA", 599.4, 2022, EGRID, 0.0737, "USD", 2023, EIA},
    {"US-NE", "Nebraska, USA", 501.5, 2022, EGRID, 0.0763, "USD", 2023, EIA},
    {"US-NH", "New Hampshire, USA", 139, 2022, EGRID, 0.1576, "USD", 2023, EIA},
    {"US-NJ", "New Jersey, USA", 221.6, 2022, EGRID, 0.1168, "USD", 2023, EIA},
    {"US-NM", "New Mexico, USA", 449.8, 2022, EGRID, 0.0575, "USD", 2023, EIA},
    {"US-NV", "Nevada, USA", 307.9, 2022, EGRID, 0.1036, "USD", 2023, EIA},
    {"US-NY", "New York, USA", 222.9, 2022, EGRID, 0.0687, "USD", 2023, EIA},
    {"US-OH", "Ohio, USA", 527.1, 2022, EGRID, 0.0703, "USD", 2023, EIA},
    {"US-OK", "Oklahoma, USA", 312.6, 2022, EGRID, 0.0626, "USD", 2023, EIA},
    {"US-OR", "Oregon, USA", 135.7, 2022, EGRID, 0.0752, "USD", 2023, EIA},
    {"US-PA", "Pennsylvania, USA", 324, 2022, EGRID, 0.0775, "USD", 2023, EIA},
    {"US-RI", "Rhode Island, USA", 368.4, 2022, EGRID, 0.1898, "USD", 2023, EIA},
    {"US-SC", "South Carolina, USA", 254, 2022, EGRID, 0.0668, "USD", 2023, EIA},
    {"US-SD", "South Dakota, USA", 148.3, 2022, EGRID, 0.0801, "USD", 2023, EIA},
    {"US-TN", "Tennessee, USA", 316.5, 2022, EGRID, 0.0623, "USD", 2023, EIA},
    {"US-TX", "Texas, USA", 372.8, 2022, EGRID, 0.066, "USD", 2023, EIA},
    {"US-UT", "Utah, USA", 691.4, 2022, EGRID, 0.0699, "USD", 2023, EIA},
    {"US-VA", "Virginia, USA", 267.6, 2022, EGRID, 0.0892, "USD", 2023, EIA},
    {"US-VT", "Vermont, USA", 19.3, 2022, EGRID, 0.1127, "USD", 2023, EIA},
    {"US-WA", "Washington, USA", 84.4, 2022, EGRID, 0.0635, "USD", 2023, EIA},
    {"US-WI", "Wisconsin, USA", 534.5, 2022, EGRID, 0.0868, "USD", 2023, EIA},
    {"US-WV", "West Virginia, USA", 895.5, 2022, EGRID, 0.0724, "USD", 2023, EIA},
    {"US-WY", "Wyoming, USA", 824.4, 2022, EGRID, NAN, NULL, 0, NULL},
    // Grid operators of the USA
    {"US-BPA", "Bonneville Power Administration, USA (grid operator)", 109, 2024, EMAPS, NAN, NULL,
     0, NULL},
    {"US-CAISO", "California ISO, USA (grid operator)", 229, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"US-ERCOT", "ERCOT, Texas, USA (grid operator)", 377, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"US-ISONE", "ISO New England, USA (grid operator)", 299, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"US-MISO", "MISO, USA (grid operator)", 487, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"US-NYISO", "New York ISO, USA (grid operator)", 302, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"US-PJM", "PJM, USA (grid operator)", 403, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"US-SOCO", "Southern Company, USA (grid operator)", 460, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"US-SPP", "Southwest Power Pool, USA (grid operator)", 451, 2024, EMAPS, NAN, NULL, 0, NULL},
    {"US-TVA", "Tennessee Valley Authority, USA (grid operator)", 380, 2024, EMAPS, NAN, NULL, 0,
     NULL},
};
const int pt_grid_count = (int)(sizeof pt_grids / sizeof *pt_grids);

enum pt_status pt_grid_find(const char *code, const struct pt_grid **ret_grid,
                            struct pt_error *error)
{
    const char *codes[sizeof pt_grids / sizeof *pt_grids + 1];
    char upper[16];
    size_t length = 0;

    for (; code[length] != '\0' && length + 1 < sizeof upper; length++)
        upper[length] = (char)toupper((unsigned char)code[length]);
    upper[length] = '\0';
    for (int i = 0; i < pt_grid_count; i++) {
        codes[i] = pt_grids[i].code;
        if (code[length] == '\0' && strcmp(upper, codes[i]) == 0) {
            *ret_grid = &pt_grids[i];
            return PT_OK;
        }
    }
    codes[pt_grid_count] = NULL;
    const char *nearest = pt_nearest_word(upper, codes);
    if (nearest != NULL)
        return pt_fail(error, PT_NOT_FOUND, "no grid has the code %.20s; did you mean %s?", code,
                       nearest);
    return pt_fail(error, PT_NOT_FOUND,
                   "no grid has the code %.20s; `powertrain grids` lists all codes", code);
}
