// The bidding zones of Europe's electricity market.
#ifndef PT_COST_FEED_ENTSOE_H
#define PT_COST_FEED_ENTSOE_H

struct pt_bidding_zone {
    const char *name;
    const char *code; // EIC: 16 characters, the last one checks the others
};
extern const struct pt_bidding_zone pt_bidding_zones[];
extern const int pt_bidding_zone_count;

#endif
